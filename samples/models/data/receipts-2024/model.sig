{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "15872b0b8dcb5ddfecc77f4c192b761e7e6e07423d1aa29b492883bc4be669b6"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoicmVjZWlwdHMtMjAyNCIsImRpZ2VzdCI6eyJzaGEyNTYiOiI2MWEyNjBkNjdhZGNkMDU5Nzg5ODcyZDdhNzM0MjRhNTllODdiNjc1MDc2ZjVkNDcwMjcyNmZjZjU5ZWY5YjA2In19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiI5MGZhYzljMWZhMzk2ZjYzNDIxYTBjZDFiMDZiMTBiNTY5Y2NjNzVjODAyOTVhMTlmZmUxYjI1ODYyNWMyODRhIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiZGF0YS90cmFpbi0wMDAwMC1vZi0wMDAwMS5qc29ubCIsImRpZ2VzdCI6IjkyMTU5YWM3OGU5ZjliNzI5YjlmYWZlNjYzYjQzZmI0OGIyMGFiMWNhZWIzMDJiYzM5NmYxNzMwMDNkM2ZkYTkiLCJhbGdvcml0aG0iOiJzaGEyNTYifV0sInNlcmlhbGl6YXRpb24iOnsibWV0aG9kIjoiZmlsZXMiLCJoYXNoX3R5cGUiOiJzaGEyNTYiLCJhbGxvd19zeW1saW5rcyI6ZmFsc2UsImlnbm9yZV9wYXRocyI6WyIuZ2l0IiwiLmdpdGF0dHJpYnV0ZXMiLCIuZ2l0aHViIiwiLmdpdGlnbm9yZSIsIm1vZGVsLnNpZyJdfX19",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGQCMHf7p2tEqb7DpOvb9MWAz2qMDzM/H89tKx8Q14E56M+wQM05TZLWBwAYXTU84+LP2AIwOl7STDeSsPpxOpWKbo7bVQvu+SQAQIo/r5PRK2qKHtRmFzGSaalwaZkQ47UWF+IG",
        "keyid": ""
      }
    ]
  }
}
