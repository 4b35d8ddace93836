"""A Jupyter server with formgrader in the working directory, on loopback: a program.

It prints its port, and serves until it is ended.
"""

import sys

from jupyter_server.serverapp import ServerApp


def tell(app):
    """Print the port, which for 0 is known to the socket alone."""
    (port,) = {s.getsockname()[1] for s in app.http_server._sockets.values()}
    print(port, flush=True)


if __name__ == "__main__":
    token, *more = sys.argv[1:]
    extensions = dict.fromkeys(("nbgrader.server_extensions.formgrader", *more), True)
    app = ServerApp.instance()
    app.initialize(
        [
            "--allow-root",  # CI's container has no other user
            "--no-browser",
            "--ip=127.0.0.1",
            "--port=0",
            f"--IdentityProvider.token={token}",
            f"--ServerApp.jpserver_extensions={extensions}",
        ]
    )
    # The loop runs callbacks in turn: that which begins to listen was there first.
    app.io_loop.add_callback(tell, app)
    app.start()
