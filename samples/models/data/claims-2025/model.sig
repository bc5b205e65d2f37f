{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "00e29e341cad03fcc7aa6dfb62f7b610ff1105a1bf2c4f431edde0e28faccab7"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiY2xhaW1zLTIwMjUiLCJkaWdlc3QiOnsic2hhMjU2IjoiOGFmZmYyNzU0NGIxYjYwOTU1MjI4NjE1MDk2MzdjNDZjNmY0ZDAxNmExMmVmOTNmNmRmMDU0YzQ2YmE3MDI2OCJ9fV0sInByZWRpY2F0ZVR5cGUiOiJodHRwczovL21vZGVsX3NpZ25pbmcvc2lnbmF0dXJlL3YxLjAiLCJwcmVkaWNhdGUiOnsicmVzb3VyY2VzIjpbeyJuYW1lIjoiUkVBRE1FLm1kIiwiZGlnZXN0IjoiMGJlYTJlZGJjOGZkOTA5ZjM1NGMzMTM4NGIwNWI5YWY3Y2RmMWU5ZjcyMGI3NTdhZDc1YTQwMjk3OWYyZjdlMSIsImFsZ29yaXRobSI6InNoYTI1NiJ9LHsibmFtZSI6ImRhdGEvdHJhaW4tMDAwMDAtb2YtMDAwMDEuanNvbmwiLCJkaWdlc3QiOiI5NGQwZTliZTMzMGY2NmM0YzE5NWNmN2NiNzc4YWMxMTk5ZTk4Y2M0ZjY3NzZhNjgyYTU3MWMzYjViMjc4Y2NiIiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGQCMFDswmw8oCwc0BtdEC1PAkHKoOBaF2h6ZG1FaJYpY/qvmwW9Pa3oOpL2SCz6Y9H66QIwR9THXxUqmCyQco6UnrcSB7fU8+nLfCLynO3QqeEOi3i8Q30ZAilR4Hdms/cj66sT",
        "keyid": ""
      }
    ]
  }
}
