package dev.septet.llm.quantize;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Element types of GGUF tensors: values per block, bytes per block, and how blocks are decoded and
 * encoded.
 */
@SuppressWarnings("ImmutableEnumChecker") // decoders and encoders are stateless functions
public enum GgmlType {
    F32(
            0,
            1,
            4,
            (in, at, out, to) -> out[to] = in.getFloat(at),
            (values, from, out, at) -> out.putFloat(at, values[from])),
    F16(
            1,
            1,
            2,
            (in, at, out, to) -> out[to] = HalfFloats.fromF16(in.getShort(at)),
            (values, from, out, at) -> out.putShort(at, HalfFloats.toF16(values[from]))),
    Q4_0(2, 32, 18, SmallBlocks::q4, SmallBlockEncoder::q4),
    Q4_1(3, 32, 20, SmallBlocks::q4WithOffset, SmallBlockEncoder::q4WithOffset),
    Q5_0(6, 32, 22, SmallBlocks::q5, SmallBlockEncoder::q5),
    Q5_1(7, 32, 24, SmallBlocks::q5WithOffset, SmallBlockEncoder::q5WithOffset),
    Q8_0(8, 32, 34, SmallBlocks::q8, SmallBlockEncoder::q8),
    Q2_K(10, 256, 84, SuperBlocks::q2, null),
    Q3_K(11, 256, 110, SuperBlocks::q3, null),
    Q4_K(12, 256, 144, SuperBlocks::q4, SuperBlockEncoder::q4),
    Q5_K(13, 256, 176, SuperBlocks::q5, SuperBlockEncoder::q5),
    Q6_K(14, 256, 210, SuperBlocks::q6, SuperBlockEncoder::q6),
    BF16(
            30,
            1,
            2,
            (in, at, out, to) -> out[to] = HalfFloats.fromBf16(in.getShort(at)),
            (values, from, out, at) -> out.putShort(at, HalfFloats.toBf16(values[from])));

    private static final int PARALLEL_VALUES = 1 << 17;

    private final int id;
    private final int blockSize;
    private final int blockBytes;
    private final BlockDecoder decoder;
    private final @Nullable BlockEncoder encoder;

    GgmlType(int id, int blockSize, int blockBytes, BlockDecoder decoder, @Nullable BlockEncoder encoder) {
        this.id = id;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
        this.decoder = decoder;
        this.encoder = encoder;
    }

    /** The type with this number in a GGUF file; empty if it is not supported. */
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

    /** Size of this number of values in bytes; they must fill whole blocks. */
    public long bytes(long values) {
        return Math.multiplyExact(values / blockSize, blockBytes);
    }

    /** Decodes a buffer of whole blocks to float32, from its position to its limit. */
    public float[] decode(ByteBuffer bytes) {
        ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        int blocks = in.remaining() / blockBytes;
        float[] out = new float[Math.multiplyExact(blocks, blockSize)];
        indices(blocks).forEach(block -> decoder.decode(in, block * blockBytes, out, block * blockSize));
        return out;
    }

    private IntStream indices(int blocks) {
        IntStream indices = IntStream.range(0, blocks);
        return blocks > PARALLEL_VALUES / blockSize && blockSize > 1 ? indices.parallel() : indices;
    }

    /** Whether values can be written as this type. */
    public boolean writable() {
        return encoder != null;
    }

    /**
     * Encodes values as blocks of this type. Rounding is the same as llama.cpp's, except for Q2_K
     * and Q3_K.
     *
     * @throws IllegalArgumentException for types that are not writable, or when the values do not
     *     fill whole blocks
     */
    public ByteBuffer encode(float[] values) {
        BlockEncoder writer = encoder;
        if (writer == null) {
            throw new IllegalArgumentException("no writer for type " + this);
        }
        if (values.length % blockSize != 0) {
            throw new IllegalArgumentException(values.length + " values do not fill blocks of " + blockSize);
        }
        ByteBuffer out =
                ByteBuffer.allocate(Math.toIntExact(bytes(values.length))).order(ByteOrder.LITTLE_ENDIAN);
        indices(values.length / blockSize)
                .forEach(block -> writer.encode(values, block * blockSize, out, block * blockBytes));
        return out;
    }
}
