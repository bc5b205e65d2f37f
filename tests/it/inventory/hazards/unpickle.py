"""What Python itself imports when it loads pickles, whole and spoiled: nothing is imported, a stand-in is
given for every name. Prints one JSON object a line."""
import io, json, pickle, random, resource, sys, types

resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
sys.setrecursionlimit(500)


class StandIn:
    def __init__(self, *args, **more):
        pass

    def __call__(self, *args, **more):
        return StandIn()

    def __setstate__(self, state):
        pass

    def __hash__(self):
        return 1

    append = extend = add = update = __setitem__ = lambda self, *args: None


def loads(base, data):
    names = []

    class Recorder(base):
        def find_class(self, module, name):
            names.append(f"{module}.{name}")
            return StandIn

        def persistent_load(self, pid):
            return None

    stream = io.BytesIO(data)
    try:
        Recorder(stream, encoding="latin1").load()
        return names, stream.tell()
    except BaseException:
        return names, None


def things():
    module = types.ModuleType("mine.inner")
    sys.modules["mine"] = types.ModuleType("mine")
    sys.modules["mine.inner"] = module
    made = []
    for number in range(4):
        one = type(f"Thing{number}", (), {"__module__": "mine.inner"})
        outer = type("Nested", (), {"__module__": "mine.inner", "__qualname__": f"Thing{number}.Nested"})
        one.Nested = outer
        setattr(module, one.__name__, one)
        made.append(one)

    def build(number):
        built = made[number % 4]()
        built.__dict__.update(a=number, b=("x" * number, [1.5, None, True], {b"k": {1, 2}}))
        return built

    yield [build(0), build(1), build(0)]
    yield {"t": made[2], "l": [made[3], made[3]], "b": bytearray(b"xyz"), "n": 1 << 70}
    yield tuple(build(number) for number in range(4))
    yield frozenset([made[0], made[1]])
    yield [made[0].Nested, "é" * 300, -5, 300, 70000, 2.5]


def main(count, seed):
    chance = random.Random(seed)
    whole = []
    for protocol in range(6):
        for thing in things():
            try:
                whole.append(pickle.dumps(thing, protocol))
            except Exception:
                pass
    loud = b"(.01234567RbcdieghijlopqrstuNKMJX]}\x80\x81\x82\x85\x86\x8c\x92\x93\x94\n\x00\x01"
    cases = list(whole)
    for _ in range(count):
        data = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[at] = chance.choice(loud)
                case 1:
                    del data[at : at + chance.randint(1, 4)]
                case 2:
                    data[at:at] = bytes([chance.choice(loud)])
                case 3:
                    other = chance.choice(whole)
                    start = chance.randrange(len(other))
                    data[at:at] = other[start : start + chance.randint(1, 30)]
            data = data or bytearray(b".")
        cases.append(bytes(data))
    for data in cases:
        for base in (pickle.Unpickler, pickle._Unpickler):
            names, read = loads(base, data)
            names = [name.encode("utf-8", "replace").decode() for name in names]
            print(json.dumps({"pickle": data.hex(), "names": names, "read": read}))


main(int(sys.argv[1]), int(sys.argv[2]))
