"""Checkstyle XML, which many review tools read: a file element for each file, an error element for each finding."""

from __future__ import annotations

from collections.abc import Sequence

from csbot.report.finding import Finding, counted
from csbot.report.message import sentence
from csbot.report.run import Run
from csbot.report.xml import document, xml_text

VERSION = "4.3"  # of the format; it has not changed since, and readers look for it


def report(findings: Sequence[Finding], run: Run) -> str:
    """Return every file that was looked at with the findings that count; columns count code points from 1."""
    from xml.etree.ElementTree import Element, SubElement

    root = Element("checkstyle", version=VERSION)
    files: dict[str, Element] = {}
    for path in run.files:
        files[path] = SubElement(root, "file", name=xml_text(run.path(path)))
    for finding in (*counted(findings), *run.unread):
        if finding.path not in files:
            files[finding.path] = SubElement(root, "file", name=xml_text(run.path(finding.path)))
        SubElement(
            files[finding.path],
            "error",
            line=str(finding.line),
            column=str(finding.column),
            severity=finding.severity,
            message=xml_text(sentence(finding)),
            source=f"csbot.{finding.code}",
        )
    return document(root)
