"""The interactive console: message in, approved reply out. The only importer of prompt_toolkit."""
