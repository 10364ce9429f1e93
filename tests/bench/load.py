"""A small load: keep-alive HTTP over raw sockets, a fixed number of requests, every status counted."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What a load saw: requests a second, latencies in seconds sorted, answers that were not 200."""

    rps: float
    latencies: list[float]
    failed: int

    @property
    def median_ms(self) -> float:
        return self.latencies[len(self.latencies) // 2] * 1000


def request(path: str, body: bytes, *, token: str = "", host: str = "bench") -> bytes:
    """One HTTP/1.1 request as bytes."""
    head = [f"POST {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    if token:
        head.append(f"Authorization: Bearer {token}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def _ask(reader, writer, payload: bytes, latencies: list[float]) -> bool:
    began = time.perf_counter()
    writer.write(payload)
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    start = lower.index(b"content-length:") + 15
    await reader.readexactly(int(lower[start : lower.index(b"\r\n", start)]))
    latencies.append(time.perf_counter() - began)
    return head.startswith(b"HTTP/1.1 200")


async def _worker(connect, payload: bytes, count: int, latencies: list[float]) -> int:
    reader, writer = await connect()
    failed = 0
    try:
        for _ in range(count):
            failed += not await _ask(reader, writer, payload, latencies)
    finally:
        writer.close()
    return failed


async def _run(connect, payload: bytes, concurrency: int, total: int) -> Load:
    latencies: list[float] = []
    began = time.perf_counter()
    failed = await asyncio.gather(*(_worker(connect, payload, total // concurrency, latencies) for _ in range(concurrency)))
    return Load(len(latencies) / (time.perf_counter() - began), sorted(latencies), sum(failed))


def over_tcp(port: int, payload: bytes, *, concurrency: int, total: int) -> Load:
    return asyncio.run(_run(lambda: asyncio.open_connection("127.0.0.1", port), payload, concurrency, total))


async def _in_turn(ways: list[tuple[int, bytes]], turns: int) -> list[list[float]]:
    pairs = [await asyncio.open_connection("127.0.0.1", port) for port, _ in ways]
    seen: list[list[float]] = [[] for _ in ways]
    for _ in range(turns):
        for (reader, writer), (_, payload), latencies in zip(pairs, ways, seen, strict=True):
            await _ask(reader, writer, payload, latencies)
    for _, writer in pairs:
        writer.close()
    return [sorted(latencies) for latencies in seen]


def in_turn(ways: list[tuple[int, bytes]], *, turns: int) -> list[float]:
    """Median latency in milliseconds of each way, one connection each, asked in turn so that the machine's mood is the same for all."""
    return [latencies[len(latencies) // 2] * 1000 for latencies in asyncio.run(_in_turn(ways, turns))]
