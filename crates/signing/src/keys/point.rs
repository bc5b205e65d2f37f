//! Points of public keys as they are written, compressed or not (SEC 1, 2.3.4). Nothing in it is secret.

use crate::check::curve::Curve;
use crate::x509::tlv::{self, BIT_STRING, OBJECT_IDENTIFIER, SEQUENCE};
use der::asn1::ObjectIdentifier;
use num_bigint::BigUint;

/// y² = x³ - 3x + b over a prime field, in hex.
struct Numbers {
    prime: &'static str,
    b: &'static str,
}

static P256: Numbers = Numbers {
    prime: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
    b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
};
static P384: Numbers = Numbers {
    prime: concat!(
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000",
        "ffffffff"
    ),
    b: concat!(
        "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8ed",
        "d3ec2aef"
    ),
};
static P521: Numbers = Numbers {
    prime: concat!(
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffff"
    ),
    b: concat!(
        "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652",
        "c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00"
    ),
};

fn numbers(curve: Curve) -> &'static Numbers {
    match curve {
        Curve::P256 => &P256,
        Curve::P384 => &P384,
        Curve::P521 => &P521,
    }
}

fn number(hex: &str) -> BigUint {
    BigUint::parse_bytes(hex.as_bytes(), 16).unwrap_or_default()
}

/// Length of a coordinate.
fn width(curve: Curve) -> usize {
    match curve {
        Curve::P256 => 32,
        Curve::P384 => 48,
        Curve::P521 => 66,
    }
}

/// The point uncompressed; none for what is no point of the curve's length. Whether it lies on the curve is for the
/// caller to check.
pub(super) fn uncompressed(curve: Curve, point: &[u8]) -> Option<Vec<u8>> {
    let width = width(curve);
    match point {
        [4, both @ ..] if both.len() == 2 * width => Some(point.to_vec()),
        [sign @ (2 | 3), x @ ..] if x.len() == width => {
            let known = numbers(curve);
            let prime = number(known.prime);
            let at = BigUint::from_bytes_be(x);
            if at >= prime {
                return None;
            }
            let square = (&at * &at * &at + (&prime - 3_u32) * &at + number(known.b)) % &prime;
            // All three primes leave 3 when divided by 4.
            let root = square.modpow(&((&prime + 1_u32) >> 2_u32), &prime);
            if (&root * &root) % &prime != square {
                return None;
            }
            let y = if root.bit(0) == (*sign == 3) { root } else { &prime - root };
            let y = y.to_bytes_be();
            let zeros = vec![0; width.checked_sub(y.len())?];
            Some([&[4], x, &zeros, &y].concat())
        }
        _ => None,
    }
}

/// SubjectPublicKeyInfo of a point, which is not looked at.
pub(super) fn spki_of_point(curve: Curve, point: &[u8]) -> Vec<u8> {
    const EC_PUBLIC_KEY: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
    let named = ObjectIdentifier::new_unwrap(curve.oid());
    let algorithm = [EC_PUBLIC_KEY, &tlv::wrap(OBJECT_IDENTIFIER, named.as_bytes())].concat();
    let point = tlv::wrap(BIT_STRING, &[&[0], point].concat());
    tlv::wrap(SEQUENCE, &[tlv::wrap(SEQUENCE, &algorithm), point].concat())
}

/// Whether parameters of a curve are spelled out at all.
pub(super) fn are_spelled_out(parameters: &[u8]) -> bool {
    tlv::first(parameters).is_some_and(|(parameters, _)| parameters.tag == SEQUENCE)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// The base points.
    fn base(curve: Curve) -> (Vec<u8>, Vec<u8>) {
        let (x, y) = match curve {
            Curve::P256 => (
                "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
                "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
            ),
            Curve::P384 => (
                concat!(
                    "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e38",
                    "72760ab7",
                ),
                concat!(
                    "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c",
                    "90ea0e5f",
                ),
            ),
            Curve::P521 => (
                concat!(
                    "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1d",
                    "c127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
                ),
                concat!(
                    "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550",
                    "b9013fad0761353c7086a272c24088be94769fd16650",
                ),
            ),
        };
        let bytes = |hex: &str| {
            let bytes = number(hex).to_bytes_be();
            [vec![0; width(curve) - bytes.len()], bytes].concat()
        };
        (bytes(x), bytes(y))
    }

    #[test]
    fn the_base_points_come_back_from_half_of_themselves() {
        for curve in Curve::ALL {
            let (x, y) = base(curve);
            let whole = [&[4], x.as_slice(), &y].concat();
            let sign = 2 + (y.last().unwrap() & 1);
            assert_eq!(uncompressed(curve, &[&[sign], x.as_slice()].concat()).unwrap(), whole);
            let other = uncompressed(curve, &[&[5 - sign], x.as_slice()].concat()).unwrap();
            assert_eq!(other[..x.len() + 1], whole[..x.len() + 1]);
            assert_ne!(other, whole);
            assert_eq!(uncompressed(curve, &whole).unwrap(), whole);
            assert_eq!(uncompressed(curve, &whole[..whole.len() - 1]), None);
            assert_eq!(uncompressed(curve, &[&[6], &whole[1..]].concat()), None);
            // No point has this x: not every number is a square.
            let odd = (1..50_u8).map(|last| {
                let mut x = vec![0; width(curve)];
                *x.last_mut().unwrap() = last;
                uncompressed(curve, &[&[2], x.as_slice()].concat())
            });
            assert!(odd.into_iter().any(|point| point.is_none()));
        }
    }
}
