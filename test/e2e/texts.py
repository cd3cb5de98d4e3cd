"""What the desk says, as far as the tests rely on it: a part of each line, in small letters, or
several of which one is enough. Whoever words a line differently changes it here and nowhere else."""

# To patrons.
HOLDING = ("somebody", "someone", "one moment", "being asked", "will answer")  # after the first question
NOBODY = ("nobody", "no one", "not available")          # open by its hours, but nobody is on duty
CLOSED = ("closed", "not open")                         # closed by policy
ENDED_PATRON = ("ended", "closed this chat", "goodbye")  # the chat is over

# To operators, in the chat's own window.
TAKEN_BY = ("took", "taken", "has it", "has the chat", "answered by")  # somebody else was faster
NOT_SENT = ("not sent", "not delivered", "did not reach", "took", "taken")  # what the loser types
PATRON_LEFT = ("left", "gone", "away", "disconnected")  # the patron's session ended, grace runs
PATRON_BACK = ("back", "returned")
ENDED = ("ended", "over", "closed")
UNKNOWN_WORD = ("unknown", "no such", "not a command", "!help")
HELP = ("!end", "!transfer")                            # the answer to !help names the words

# In the daemon's log.
LOG_SECRET = ("not-authorized", "secret")
LOG_CONFLICT = ("conflict",)
