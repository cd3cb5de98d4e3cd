#!/usr/bin/python3
"""An echo on slixmpp. echo_slixmpp.py PORT"""
import asyncio
import sys

from slixmpp.componentxmpp import ComponentXMPP


class Echo(ComponentXMPP):
    def __init__(self, port):
        super().__init__("chat.localhost", "bench", "127.0.0.1", port)
        self.add_event_handler("message", self.echo)

    def echo(self, message):
        self.send_message(mto=message["from"], mfrom=message["to"], mbody=message["body"],
                          mtype="chat")


echo = Echo(int(sys.argv[1]))
echo.connect()
asyncio.get_event_loop().run_forever()
