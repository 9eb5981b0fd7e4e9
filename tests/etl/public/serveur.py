"""A web server that misbehaves on demand: each test scripts what each path answers."""

import http.server
import threading
from collections.abc import Callable
from types import SimpleNamespace


class Serveur:
    """Serves what a test scripted: `routes[path]` answers the n-th request to that path; requests are kept."""

    def __init__(self) -> None:
        self.routes: dict[str, Callable[[http.server.BaseHTTPRequestHandler, int], None]] = {}
        self.requetes: list[SimpleNamespace] = []
        serveur = self

        class Guichet(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                rang = sum(requete.chemin == self.path for requete in serveur.requetes)
                serveur.requetes.append(SimpleNamespace(chemin=self.path, entetes=dict(self.headers)))
                serveur.routes[self.path](self, rang)

            def do_POST(self) -> None:
                rang = sum(requete.chemin == self.path for requete in serveur.requetes)
                corps = self.rfile.read(int(self.headers["Content-Length"]))
                serveur.requetes.append(SimpleNamespace(chemin=self.path, entetes=dict(self.headers), corps=corps))
                serveur.routes[self.path](self, rang)

            def log_message(self, format: str, *args: object) -> None:
                return

        class Reseau(http.server.ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                return  # a client that hangs up is what these tests are about

        self._http = Reseau(("127.0.0.1", 0), Guichet)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.adresse = f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def send(guichet, corps: bytes = b"", code: int = 200, longueur: int | None = None, **entetes: str) -> None:
    """Answer; `longueur` announces another size than the one sent (the connection is then cut)."""
    guichet.send_response(code)
    for nom, valeur in entetes.items():
        guichet.send_header(nom.replace("_", "-"), valeur)
    guichet.send_header("Content-Length", str(len(corps) if longueur is None else longueur))
    guichet.end_headers()
    guichet.wfile.write(corps)
    if longueur not in (None, len(corps)):
        guichet.close_connection = True
        guichet.wfile.flush()
        guichet.connection.shutdown(2)
