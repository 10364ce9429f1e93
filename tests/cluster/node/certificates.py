"""A certificate authority for one run, the API server's certificate, and the key that signs service account tokens."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAY = datetime.timedelta(days=1)


def write(directory: Path, addresses: list[str], names: list[str]) -> None:
    """Write ca.pem, server.{pem,key}, kubelet-client.{pem,key} and accounts.{key,pub}, each good for a month."""
    directory.mkdir(parents=True, exist_ok=True)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("seldon-nb test node", None, authority_key, None, None, [], [])
    _write_certificate(directory / "ca.pem", authority)
    for name, common, group, usage in (
        ("server", "kube-apiserver", None, ExtendedKeyUsageOID.SERVER_AUTH),
        ("kubelet-client", "kube-apiserver-kubelet-client", "system:masters", ExtendedKeyUsageOID.CLIENT_AUTH),
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        sans = ([*map(ipaddress.ip_address, addresses)], names) if name == "server" else ([], [])
        made = _certificate(common, group, key, (authority, authority_key), usage, *sans)
        _write_certificate(directory / f"{name}.pem", made)
        _write_key(directory / f"{name}.key", key)
    accounts = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    _write_key(directory / "accounts.key", accounts)
    (directory / "accounts.pub").write_bytes(
        accounts.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def _certificate(
    common: str,
    group: str | None,
    key: ec.EllipticCurvePrivateKey,
    signer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    usage: x509.ObjectIdentifier | None,
    addresses: list[ipaddress.IPv4Address | ipaddress.IPv6Address],
    names: list[str],
) -> x509.Certificate:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if group:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, group))
    subject = x509.Name(parts)
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer[0].subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 30 * _DAY)
        .add_extension(x509.BasicConstraints(ca=signer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if signer is None:
        builder = builder.add_extension(x509.KeyUsage(True, False, False, False, False, True, True, False, False), critical=True)
    else:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer[1].public_key())
        builder = builder.add_extension(identifier, critical=False)
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if addresses or names:
        alternatives = [*map(x509.IPAddress, addresses), *map(x509.DNSName, names)]
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    return builder.sign(signer[1] if signer else key, hashes.SHA256())


def _write_certificate(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
