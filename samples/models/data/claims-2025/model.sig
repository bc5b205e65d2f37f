{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "c2e03226dd4c46c69e5db616c13a02a5c39437503df6a50588729b5441428481"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiY2xhaW1zLTIwMjUiLCJkaWdlc3QiOnsic2hhMjU2IjoiOGFmZmYyNzU0NGIxYjYwOTU1MjI4NjE1MDk2MzdjNDZjNmY0ZDAxNmExMmVmOTNmNmRmMDU0YzQ2YmE3MDI2OCJ9fV0sInByZWRpY2F0ZVR5cGUiOiJodHRwczovL21vZGVsX3NpZ25pbmcvc2lnbmF0dXJlL3YxLjAiLCJwcmVkaWNhdGUiOnsicmVzb3VyY2VzIjpbeyJuYW1lIjoiUkVBRE1FLm1kIiwiZGlnZXN0IjoiMGJlYTJlZGJjOGZkOTA5ZjM1NGMzMTM4NGIwNWI5YWY3Y2RmMWU5ZjcyMGI3NTdhZDc1YTQwMjk3OWYyZjdlMSIsImFsZ29yaXRobSI6InNoYTI1NiJ9LHsibmFtZSI6ImRhdGEvdHJhaW4tMDAwMDAtb2YtMDAwMDEuanNvbmwiLCJkaWdlc3QiOiI5NGQwZTliZTMzMGY2NmM0YzE5NWNmN2NiNzc4YWMxMTk5ZTk4Y2M0ZjY3NzZhNjgyYTU3MWMzYjViMjc4Y2NiIiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGQCMDjYE1WXWvvoRGAHKLGoHBH7dpyO3vEsVlpsTRLPosNGGHvCqRsvodn2D/tqVOKiFAIwDosBAKWwOwJtEIw+uh50dh3tS7KW+KurTfTURCtSbI3XD7/oPiqE1fpjTTozxz+8",
        "keyid": ""
      }
    ]
  }
}
