"""The commands of `centli`: a module each, named as its command, with a `click` command `command`.

They are found by looking here; a new module is a new command. Help and shell completion load these
modules only, so they declare arguments, and load what does the work when it is to be done. A name
that begins with `_` is no command.
"""
