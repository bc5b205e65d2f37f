{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "b95556e6e99ae4474586ed204b8f8673a00a3b2f57ce614de816d1102a4cb023"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoidGVybi1ibGVuZCIsImRpZ2VzdCI6eyJzaGEyNTYiOiI3MWI3M2IzODlkN2E0MGQwZjliMmYxMTEyYTM1Nzc2MGQ5NTMyMWRmNzBkZDAyOTU2ODU4MmE1Y2I2ZWExMmNiIn19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiIwNjgzZTA1MGYxZDViZGI5OTMyNzRmZWNmNTE4NjU0MjUzOWRlZDFkNzNkODdkODc0MTUwZmNjYzNkOWUwOGU2IiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiY29uZmlnLmpzb24iLCJkaWdlc3QiOiJjMzg3NzU5ZGZhODBkMzMxZTdmMWQzZmE1YTIzMjA1ZGYxNDQwZmM3NTMwOWI1MWIwNzM0YzIyZDgwNzAyZjc1IiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoibW9kZWwuc2FmZXRlbnNvcnMiLCJkaWdlc3QiOiJkZDkxODI0OThlNzYzMjIwYjU2ZjU0YTExYjQ3NGVjYTE4YTFjNTY2NzFjOWRhNTM1ODA4NDQzM2I3NDU4OGZmIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoidG9rZW5pemVyX2NvbmZpZy5qc29uIiwiZGlnZXN0IjoiNjQxNmQ4ZTljMTAzOWFkZWNiZGRlMjBlNWZmZTAyZmU5Y2NmZDQ2Yzg5MTJmYTcyYTNlNzNkZmYwNWQ2YThiYyIsImFsZ29yaXRobSI6InNoYTI1NiJ9XSwic2VyaWFsaXphdGlvbiI6eyJtZXRob2QiOiJmaWxlcyIsImhhc2hfdHlwZSI6InNoYTI1NiIsImFsbG93X3N5bWxpbmtzIjpmYWxzZSwiaWdub3JlX3BhdGhzIjpbIi5naXQiLCIuZ2l0YXR0cmlidXRlcyIsIi5naXRodWIiLCIuZ2l0aWdub3JlIiwibW9kZWwuc2lnIl19fX0=",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEUCIG2mpYOKRjVPzwjPcJ0HTgwBrqhfgLaaRuoR//8iHW7EAiEApBgdE9MBmfsUxgNYI289XPdxiSdimqJ72Q/6imtIkBI=",
        "keyid": ""
      }
    ]
  }
}
