"""Stand-in for the Seldon operator: its validating webhook, served over HTTPS under a certificate of its own."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ipaddress
import json
import ssl
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

from tests.cluster.operator.admission import answer
from tests.cluster.operator.objects import Document

NAME = "seldon-validating-webhook-configuration-stand-in"


def certificate(host: str) -> tuple[bytes, bytes]:
    """A certificate and key for one address; the certificate is its own authority."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(timezone.utc)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in operator")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = (
        made.serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
    )
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
    signed = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return signed.public_bytes(serialization.Encoding.PEM), secret


async def one_caller(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the reviews of one connection until it closes."""
    with contextlib.suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower():
            size = int(head.split("content-length:")[1].split("\r\n")[0])
            said = json.dumps(answer(json.loads(await reader.readexactly(size)))).encode()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(said), said))
            await writer.drain()
    writer.close()


async def serve(host: str, namespace: str | None) -> tuple[asyncio.Server, Document]:
    """Start the webhook on a free port; returns it and the ValidatingWebhookConfiguration that leads there."""
    public, secret = certificate(host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as home:
        both = Path(home) / "both.pem"
        both.write_bytes(public + secret)
        context.load_cert_chain(both)
    server = await asyncio.start_server(one_caller, host, 0, ssl=context)
    where = f"https://{host}:{server.sockets[0].getsockname()[1]}/validate-machinelearning-seldon-io-v1-seldondeployment"
    hook: Document = {
        "name": "v1.vseldondeployment.kb.io",
        "clientConfig": {"url": where, "caBundle": base64.b64encode(public).decode()},
        "rules": [
            {
                "apiGroups": ["machinelearning.seldon.io"],
                "apiVersions": ["v1"],
                "operations": ["CREATE", "UPDATE"],
                "resources": ["seldondeployments"],
            }
        ],
        "failurePolicy": "Fail",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "timeoutSeconds": 5,
        **({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}} if namespace else {}),
    }
    kind = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration"}
    return server, {**kind, "metadata": {"name": f"{NAME}-{namespace}" if namespace else NAME}, "webhooks": [hook]}
