{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "be4665ab595eea1aabea6ba683161a5a017296c7afd4da96b57b4cf766820d9d"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoidGVybi1ibGVuZCIsImRpZ2VzdCI6eyJzaGEyNTYiOiI3MWI3M2IzODlkN2E0MGQwZjliMmYxMTEyYTM1Nzc2MGQ5NTMyMWRmNzBkZDAyOTU2ODU4MmE1Y2I2ZWExMmNiIn19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiIwNjgzZTA1MGYxZDViZGI5OTMyNzRmZWNmNTE4NjU0MjUzOWRlZDFkNzNkODdkODc0MTUwZmNjYzNkOWUwOGU2IiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiY29uZmlnLmpzb24iLCJkaWdlc3QiOiJjMzg3NzU5ZGZhODBkMzMxZTdmMWQzZmE1YTIzMjA1ZGYxNDQwZmM3NTMwOWI1MWIwNzM0YzIyZDgwNzAyZjc1IiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoibW9kZWwuc2FmZXRlbnNvcnMiLCJkaWdlc3QiOiJkZDkxODI0OThlNzYzMjIwYjU2ZjU0YTExYjQ3NGVjYTE4YTFjNTY2NzFjOWRhNTM1ODA4NDQzM2I3NDU4OGZmIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoidG9rZW5pemVyX2NvbmZpZy5qc29uIiwiZGlnZXN0IjoiNjQxNmQ4ZTljMTAzOWFkZWNiZGRlMjBlNWZmZTAyZmU5Y2NmZDQ2Yzg5MTJmYTcyYTNlNzNkZmYwNWQ2YThiYyIsImFsZ29yaXRobSI6InNoYTI1NiJ9XSwic2VyaWFsaXphdGlvbiI6eyJtZXRob2QiOiJmaWxlcyIsImhhc2hfdHlwZSI6InNoYTI1NiIsImFsbG93X3N5bWxpbmtzIjpmYWxzZSwiaWdub3JlX3BhdGhzIjpbIi5naXQiLCIuZ2l0YXR0cmlidXRlcyIsIi5naXRodWIiLCIuZ2l0aWdub3JlIiwibW9kZWwuc2lnIl19fX0=",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEUCIHZ9/eOJjhdxk+ichNyN5GFSi8ax1RNZWYlSo4+dzBCiAiEAvRsNg3DkFr9vTwwJjpn9BzDSWIEWCLqq77VBz4le5x4=",
        "keyid": ""
      }
    ]
  }
}
