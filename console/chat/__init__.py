"""The test chat: which stack it talks to, what it watches, and its front end in the terminal."""
