{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "15872b0b8dcb5ddfecc77f4c192b761e7e6e07423d1aa29b492883bc4be669b6"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiY2xhaW1zLTIwMjUiLCJkaWdlc3QiOnsic2hhMjU2IjoiOGFmZmYyNzU0NGIxYjYwOTU1MjI4NjE1MDk2MzdjNDZjNmY0ZDAxNmExMmVmOTNmNmRmMDU0YzQ2YmE3MDI2OCJ9fV0sInByZWRpY2F0ZVR5cGUiOiJodHRwczovL21vZGVsX3NpZ25pbmcvc2lnbmF0dXJlL3YxLjAiLCJwcmVkaWNhdGUiOnsicmVzb3VyY2VzIjpbeyJuYW1lIjoiUkVBRE1FLm1kIiwiZGlnZXN0IjoiMGJlYTJlZGJjOGZkOTA5ZjM1NGMzMTM4NGIwNWI5YWY3Y2RmMWU5ZjcyMGI3NTdhZDc1YTQwMjk3OWYyZjdlMSIsImFsZ29yaXRobSI6InNoYTI1NiJ9LHsibmFtZSI6ImRhdGEvdHJhaW4tMDAwMDAtb2YtMDAwMDEuanNvbmwiLCJkaWdlc3QiOiI5NGQwZTliZTMzMGY2NmM0YzE5NWNmN2NiNzc4YWMxMTk5ZTk4Y2M0ZjY3NzZhNjgyYTU3MWMzYjViMjc4Y2NiIiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGUCMBtcpFnVpoje4nnciprOMapVgn/Jq6Y6s9ZiTs2JY0zIB64IOPp4aQ9TDqdhryufywIxAPwCkDKenNBemLkrUTQ2qX21datg4/yKarflLWZYD3IfOy1BV9r71iKG774ITr33+w==",
        "keyid": ""
      }
    ]
  }
}
