"""What the desk says, as far as the tests rely on it: a part of each line, in small letters, or
several of which one is enough. Whoever words a line differently changes it here and nowhere else."""

# To patrons.
NOBODY = "nobody is at the desk"  # open by its hours, but nobody is on duty
CLOSED = "is closed"              # closed by policy
ENDED_PATRON = "has ended this chat"
LEFT = "your question is kept"      # left for later, and written down
NOW_WITH = "you are now with"   # the chat moved to another library

# To operators, in the chat's own window.
TAKEN_BY = "has taken this chat"  # somebody else was faster
NOT_SENT = "your line was not sent"  # what the loser types
PATRON_LEFT = "connection is gone"  # the patron's session ended, grace runs
ENDED = ("this chat is over", "you have ended this chat")
UNKNOWN_WORD = "there is no word"
TRANSFER_CONFIRM = "of another library"  # across libraries it takes a word more
HELP = ("!end", "!help", "!decline")  # the answer to !help names the words

# In the daemon's log.
LOG_SECRET = ("not-authorized", "secret")
LOG_CONFLICT = ("conflict",)
