package dev.septet.examples.attacks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Mutates valid files into hostile ones. All choices depend only on the seed. */
final class Mutator {
    private static final int MAX_CHANGES = 5;

    /** Numbers that often break readers of binary headers. */
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        2,
        7,
        255,
        256,
        65_535,
        1 << 20,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xFFFF_FFFFL,
        1L << 32,
        1L << 40,
        1L << 61,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private static final JsonMapper JSON = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(5000)
                            .build())
                    .build())
            .build();

    private final Random random;

    /**
     * @param seed of the run
     * @param kind of file
     * @param index of the input
     */
    Mutator(long seed, String kind, long index) {
        random = new Random(seed * 1_000_003 + kind.hashCode() * 31L + index * 0x9E3779B97F4A7C15L);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** A text file with pieces inserted, removed, doubled, and mixed with other files. */
    byte[] text(List<byte[]> corpus, List<String> pieces) {
        byte[] file = pick(corpus);
        for (int left = 1 + below(MAX_CHANGES); left > 0; left--) {
            int from = below(file.length + 1);
            int to = Math.min(file.length, from + below(1 + below(40)));
            file = switch (below(6)) {
                case 0 -> splice(file, from, to, new byte[0]);
                case 1 -> splice(file, from, from, piece(pieces));
                case 2 -> splice(file, from, to, piece(pieces));
                case 3 -> splice(file, from, from, Arrays.copyOfRange(file, from, to));
                case 4 -> splice(file, from, from, cut(pick(corpus)));
                default -> flip(file);
            };
        }
        return file;
    }

    /**
     * A JSON file with values replaced, removed, doubled or nested; sometimes its bytes are mutated
     * too.
     */
    byte[] json(List<byte[]> corpus, List<String> values) {
        byte[] file = pick(corpus);
        try {
            JsonNode root = JSON.readTree(file);
            for (int left = 1 + below(MAX_CHANGES); left > 0; left--) {
                change(root, corpus, values);
            }
            byte[] written = JSON.writeValueAsBytes(root);
            return once(8) ? text(List.of(written), values) : written;
        } catch (IOException notJson) {
            return text(corpus, values);
        }
    }

    /**
     * A binary file in which some numbers are wrong.
     *
     * @param places offsets of the numbers; empty for any offset
     * @param header length of the header in bytes
     */
    byte[] binary(byte[] file, List<Integer> places, int header) {
        byte[] changed = file.clone();
        for (int left = 1 + below(MAX_CHANGES); left > 0; left--) {
            int width = 1 << below(4);
            int within = once(10) ? changed.length : Math.min(header, changed.length);
            int at = places.isEmpty() || once(3) ? below(Math.max(1, within)) : pick(places);
            if (at + width > changed.length) {
                continue;
            }
            ByteBuffer buffer = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
            long number = NUMBERS[below(NUMBERS.length)];
            switch (width) {
                case 1 -> buffer.put(at, (byte) below(256));
                case 2 -> buffer.putShort(at, (short) number);
                case 4 -> buffer.putInt(at, (int) number);
                default -> buffer.putLong(at, number);
            }
        }
        return switch (below(12)) {
            case 0 -> Arrays.copyOf(changed, below(changed.length + 1));
            case 1 -> Arrays.copyOf(changed, changed.length + below(4096));
            case 2 -> splice(changed, below(changed.length + 1), changed.length, cut(file));
            default -> changed;
        };
    }

    private void change(JsonNode root, List<byte[]> corpus, List<String> values) throws IOException {
        JsonNode at = root;
        while (at.isContainerNode() && !at.isEmpty() && !once(3)) {
            JsonNode child = child(at);
            if (!child.isContainerNode()) {
                break;
            }
            at = child;
        }
        JsonNode value = value(corpus, values);
        if (at instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.isEmpty() || once(10) ? "zz" : pick(names);
            switch (below(5)) {
                case 0 -> object.remove(name);
                case 1 ->
                    object.set(name + (once(2) ? "" : "2"), object.path(name).deepCopy());
                case 2 -> object.set(name, nested(object.path(name), 1 + below(40)));
                default -> object.set(name, value);
            }
        } else if (at instanceof ArrayNode array) {
            int place = array.isEmpty() ? 0 : below(array.size());
            switch (below(4)) {
                case 0 -> array.insert(place, value);
                case 1 -> {
                    if (!array.isEmpty()) {
                        array.remove(place);
                    }
                }
                case 2 -> {
                    JsonNode same = array.isEmpty() ? value : array.get(place);
                    for (int left = below(once(20) ? 2000 : 20); left > 0; left--) {
                        array.add(same);
                    }
                }
                default -> {
                    if (array.isEmpty()) {
                        array.add(value);
                    } else {
                        array.set(place, value);
                    }
                }
            }
        }
    }

    private JsonNode child(JsonNode at) {
        int place = below(at.size());
        if (at.isArray()) {
            return at.get(place);
        }
        var children = at.elements();
        for (int i = 0; i < place; i++) {
            children.next();
        }
        return children.next();
    }

    private JsonNode value(List<byte[]> corpus, List<String> values) throws IOException {
        return switch (below(12)) {
            case 0 -> JSON.getNodeFactory().textNode("a".repeat(1 << below(17)));
            case 1 -> JSON.getNodeFactory().numberNode(NUMBERS[below(NUMBERS.length)]);
            case 2 -> part(JSON.readTree(pick(corpus)));
            default -> meant(pick(values));
        };
    }

    private JsonNode part(JsonNode whole) {
        return whole.isContainerNode() && !whole.isEmpty() ? child(whole) : whole;
    }

    /** A piece parsed as JSON if it is valid JSON, else as a JSON string. */
    private static JsonNode meant(String piece) {
        try {
            return JSON.readTree(piece);
        } catch (JsonProcessingException text) {
            return JSON.getNodeFactory().textNode(piece);
        }
    }

    private static JsonNode nested(JsonNode inner, int depth) {
        JsonNode node = inner.deepCopy();
        for (int i = 0; i < depth; i++) {
            node = i % 2 == 0
                    ? JSON.createArrayNode().add(node)
                    : JSON.createObjectNode().set("a", node);
        }
        return node;
    }

    private byte[] piece(List<String> pieces) {
        int times = once(20) ? 1 + below(200) : 1;
        return pick(pieces).repeat(times).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] cut(byte[] file) {
        int from = below(file.length + 1);
        return Arrays.copyOfRange(file, from, Math.min(file.length, from + below(200)));
    }

    private byte[] flip(byte[] file) {
        byte[] flipped = file.clone();
        if (flipped.length > 0) {
            flipped[below(flipped.length)] ^= (byte) (1 << below(8));
        }
        return flipped;
    }

    private static byte[] splice(byte[] file, int from, int to, byte[] middle) {
        ByteArrayOutputStream spliced = new ByteArrayOutputStream(file.length + middle.length);
        spliced.write(file, 0, from);
        spliced.writeBytes(middle);
        spliced.write(file, to, file.length - to);
        return spliced.toByteArray();
    }
}
