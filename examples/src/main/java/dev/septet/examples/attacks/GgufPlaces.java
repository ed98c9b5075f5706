package dev.septet.examples.attacks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The offsets of the numbers in a valid GGUF file's header: counts, lengths, types, values and
 * tensor offsets.
 *
 * @param header length of the header in bytes
 */
record GgufPlaces(List<Integer> offsets, int header) {
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    /** Number of elements that are included of a long list. */
    private static final int MAX_LIST = 8;

    static GgufPlaces of(byte[] file) {
        return new Walk(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN)).places();
    }

    private static final class Walk {
        private final ByteBuffer file;
        private final List<Integer> offsets = new ArrayList<>();

        Walk(ByteBuffer file) {
            this.file = file;
        }

        GgufPlaces places() {
            file.position(Integer.BYTES);
            int32(true);
            long tensors = int64(true);
            long values = int64(true);
            for (long i = 0; i < values; i++) {
                string(true);
                value(int32(true), true);
            }
            for (long i = 0; i < tensors; i++) {
                string(true);
                int dimensions = int32(true);
                for (int d = 0; d < dimensions; d++) {
                    int64(true);
                }
                int32(true);
                int64(true);
            }
            return new GgufPlaces(List.copyOf(offsets), file.position());
        }

        private void value(int type, boolean noted) {
            switch (type) {
                case STRING -> string(noted);
                case ARRAY -> {
                    int element = int32(noted);
                    long count = int64(noted);
                    for (long i = 0; i < count; i++) {
                        value(element, noted && i < MAX_LIST);
                    }
                }
                default -> {
                    if (noted) {
                        offsets.add(file.position());
                    }
                    file.position(file.position() + width(type));
                }
            }
        }

        private static int width(int type) {
            return switch (type) {
                case 0, 1, 7 -> 1;
                case 2, 3 -> 2;
                case 4, 5, 6 -> 4;
                default -> 8;
            };
        }

        private void string(boolean noted) {
            int length = Math.toIntExact(int64(noted));
            if (noted && length > 0) {
                offsets.add(file.position());
            }
            file.position(file.position() + length);
        }

        private int int32(boolean noted) {
            if (noted) {
                offsets.add(file.position());
            }
            return file.getInt();
        }

        private long int64(boolean noted) {
            if (noted) {
                offsets.add(file.position());
            }
            return file.getLong();
        }
    }
}
