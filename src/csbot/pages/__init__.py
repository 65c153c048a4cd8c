"""The library as one page of HTML that needs nothing else: for people who read it, not for programs."""
