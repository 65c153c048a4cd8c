"""JUnit XML, which CI servers show as tests: a suite for each file, a case for each finding or test.

There is no standard; elements and attributes are those that Jenkins, GitLab and Azure DevOps read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from csbot.report.finding import Finding
from csbot.report.message import details, sentence
from csbot.report.run import Run
from csbot.report.xml import document, xml_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # only a name of a type here; nothing is parsed


def report(findings: Sequence[Finding], run: Run) -> str:
    """Return a suite for each file: findings are failures, suppressed ones skipped, unread files errors.

    A file without findings has one case that passes, so that a clean run is not taken for one without tests.
    """
    from xml.etree.ElementTree import Element

    suites: dict[str, list[Element]] = {path: [] for path in run.files}
    for finding in findings:
        suites.setdefault(finding.path, []).append(_case(finding, run, _outcome(finding)))
    for finding in run.unread:
        suites.setdefault(finding.path, []).append(_case(finding, run, "error"))
    for path, line, title in run.passed:
        name = xml_text(run.path(path))
        case = Element("testcase", classname=name, name=xml_text(title), file=name, line=str(line))
        suites.setdefault(path, []).append(case)
    root = Element("testsuites", name=f"csbot {run.command}")
    for path, cases in suites.items():
        name = xml_text(run.path(path))
        passed = [] if cases else [Element("testcase", classname=name, name="没有发现", file=name)]
        suite = Element("testsuite", name=name)
        suite.extend([*cases, *passed])
        _count(suite)
        root.append(suite)
    _count(root)
    return document(root)


def _outcome(finding: Finding) -> str:
    return "skipped" if finding.suppression else "failure"


def _case(finding: Finding, run: Run, outcome: str) -> Element:
    from xml.etree.ElementTree import Element, SubElement

    name = xml_text(run.path(finding.path))
    title = xml_text(finding.field) if run.command == "test" else f"{finding.code} {finding.line}:{finding.column}"
    case = Element("testcase", classname=name, name=title, file=name, line=str(finding.line))
    if outcome == "skipped":
        SubElement(case, outcome, message=xml_text(finding.suppression))
    else:
        message = xml_text(sentence(finding))
        SubElement(case, outcome, type=finding.severity, message=message).text = xml_text(details(finding))
    return case


def _count(element: Element) -> None:
    for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(len(list(element.iter(tag)))))
