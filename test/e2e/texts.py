"""What the desk says, as far as the tests rely on it: a part of each line, in small letters, or
several of which one is enough. Whoever words a line differently changes it here and nowhere else."""

# To patrons.
NOBODY = "nobody is at the desk"  # open by its hours, but nobody is on duty
CLOSED = "is closed"              # closed by policy
ENDED_PATRON = "has ended this chat"
LEFT = "your question is kept"      # left for later, and written down
LOST = "connection was lost"   # their librarian is gone for a minute
NOW_WITH = "you are now with"   # the chat moved to another library

# To operators, in the chat's own window.
TAKEN_BY = "has taken this chat"  # somebody else was faster
NOT_SENT = "your line was not sent"  # what the loser types
PATRON_LEFT = "connection is gone"  # the patron's session ended, grace runs
ENDED = ("this chat is over", "you have ended this chat")
UNKNOWN_WORD = "there is no word"
TRANSFER_CONFIRM = "of another library"  # across libraries it takes a word more
NOTED = "the patron does not see it"
HELP = ("!end", "!help", "!decline")  # the answer to !help names the words
MENU = ("Take a chat that waits", "Hand a chat over", "Take a hand-over back", "End a chat",
        "Decline a chat (not me)", "Write a note for colleagues", "Tag a chat for the statistics",
        "What is known of a chat", "Who can take a chat", "Who is waiting", "Go off duty", "Go on duty",
        "Block a patron", "Why open or closed", "Help: all words")

# In the daemon's log.
LOG_SECRET = ("not-authorized", "secret")
LOG_CONFLICT = ("conflict",)
