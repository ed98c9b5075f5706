package dev.septet.llm.quantize;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Element types of GGUF tensors: how many values a block holds, in how many bytes, and how to read
 * them.
 */
@SuppressWarnings("ImmutableEnumChecker") // the decoders are functions without state
public enum GgmlType {
    F32(0, 1, 4, (in, at, out, to) -> out[to] = in.getFloat(at)),
    F16(1, 1, 2, (in, at, out, to) -> out[to] = HalfFloats.fromF16(in.getShort(at))),
    Q4_0(2, 32, 18, SmallBlocks::q4),
    Q4_1(3, 32, 20, SmallBlocks::q4WithOffset),
    Q5_0(6, 32, 22, SmallBlocks::q5),
    Q5_1(7, 32, 24, SmallBlocks::q5WithOffset),
    Q8_0(8, 32, 34, SmallBlocks::q8),
    Q2_K(10, 256, 84, SuperBlocks::q2),
    Q3_K(11, 256, 110, SuperBlocks::q3),
    Q4_K(12, 256, 144, SuperBlocks::q4),
    Q5_K(13, 256, 176, SuperBlocks::q5),
    Q6_K(14, 256, 210, SuperBlocks::q6),
    BF16(30, 1, 2, (in, at, out, to) -> out[to] = HalfFloats.fromBf16(in.getShort(at)));

    private static final int PARALLEL_BLOCKS = 4096;

    private final int id;
    private final int blockSize;
    private final int blockBytes;
    private final BlockDecoder decoder;

    GgmlType(int id, int blockSize, int blockBytes, BlockDecoder decoder) {
        this.id = id;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
        this.decoder = decoder;
    }

    /** The type of this number in a file; empty where it is not one that can be read here. */
    public static Optional<GgmlType> of(int id) {
        return Stream.of(values()).filter(type -> type.id == id).findFirst();
    }

    /** Number of the type in a GGUF file. */
    public int id() {
        return id;
    }

    /** Values in a block; a row of a tensor is a whole number of blocks. */
    public int blockSize() {
        return blockSize;
    }

    /** Bytes of a block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Bytes of this many values, a whole number of blocks. */
    public long bytes(long values) {
        return Math.multiplyExact(values / blockSize, blockBytes);
    }

    /** The float32 values of a buffer of whole blocks, from its position to its limit. */
    public float[] decode(ByteBuffer bytes) {
        ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        int blocks = in.remaining() / blockBytes;
        float[] out = new float[Math.multiplyExact(blocks, blockSize)];
        IntStream indices = IntStream.range(0, blocks);
        if (blocks > PARALLEL_BLOCKS && blockSize > 1) {
            indices = indices.parallel();
        }
        indices.forEach(block -> decoder.decode(in, block * blockBytes, out, block * blockSize));
        return out;
    }

    /**
     * The values as blocks of this type, rounded to the nearest. F32, F16, BF16 and Q8_0 can be
     * written.
     *
     * @throws IllegalArgumentException for the other types, or where the values do not fill whole
     *     blocks
     */
    public ByteBuffer encode(float[] values) {
        if (values.length % blockSize != 0) {
            throw new IllegalArgumentException(
                    values.length + " values do not fill blocks of " + blockSize);
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(bytes(values.length)));
        out.order(ByteOrder.LITTLE_ENDIAN);
        switch (this) {
            case F32 -> out.asFloatBuffer().put(values);
            case F16 -> {
                for (float value : values) {
                    out.putShort(HalfFloats.toF16(value));
                }
            }
            case BF16 -> {
                for (float value : values) {
                    out.putShort(HalfFloats.toBf16(value));
                }
            }
            case Q8_0 -> Q8Encoder.encode(values, out);
            default -> throw new IllegalArgumentException("no writer for type " + this);
        }
        return out.rewind();
    }
}
