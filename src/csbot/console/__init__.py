"""The interactive console: message in, approved reply out. The only importer of prompt_toolkit.

Its rooms, each of which imports only those before it: ``screen`` (what the agent sees), ``state`` (what a desk holds),
``serving`` (the way of a message), ``commands`` (what a line can say), ``prompt`` (how a line is typed). ``app`` puts
them together.
"""
