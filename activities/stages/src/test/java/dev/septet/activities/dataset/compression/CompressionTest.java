package dev.septet.activities.dataset.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.prepare.SourceRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compressed datasets, whole, damaged and hostile. */
class CompressionTest {
    @TempDir
    Path folder;

    private static byte[] rows(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(
                        i -> String.format(Locale.ROOT, "{\"prompt\":\"q %d\",\"completion\":\"a %d\"}\n", i, i * 7919))
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] pack(Compression compression, byte[] plain) throws IOException {
        if (compression == Compression.ZSTD) {
            return Zstd.compress(plain);
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    private static String name(Compression compression) {
        return "rows.jsonl" + (compression == Compression.ZSTD ? ".zst" : ".gz");
    }

    private SourceRun prepare(Compression compression, byte[] packed) throws IOException {
        Files.write(folder.resolve(name(compression)), packed);
        return SourceRun.of(folder, "dataset '%s'".formatted(name(compression)));
    }

    @ParameterizedTest
    @EnumSource
    void readsTheSameRowsAsTheUncompressedFile(Compression compression) throws IOException {
        Files.write(folder.resolve("rows.jsonl"), rows(0, 200));
        SourceRun plain = SourceRun.of(folder, "dataset 'rows.jsonl'");
        SourceRun packed = prepare(compression, pack(compression, rows(0, 200)));
        assertThat(Files.readString(packed.out().resolve("train.jsonl")).replace(name(compression), "rows.jsonl"))
                .isEqualTo(Files.readString(plain.out().resolve("train.jsonl")));
    }

    @ParameterizedTest
    @EnumSource
    void readsSeveralMembersOneAfterAnother(Compression compression) throws IOException {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(pack(compression, rows(0, 50)));
        both.write(pack(compression, rows(50, 50)));
        assertThat(prepare(compression, both.toByteArray()).card().rows().kept())
                .isEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource
    void refusesACutFile(Compression compression) throws IOException {
        byte[] whole = pack(compression, rows(0, 5000));
        for (int bytes : new int[] {1, 7, whole.length / 2, whole.length - 1}) {
            refused(
                    compression,
                    Arrays.copyOf(whole, bytes),
                    String.format(Locale.ROOT, "near byte %,d of the compressed file", bytes));
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesBytesAfterTheEnd(Compression compression) throws IOException {
        byte[] whole = pack(compression, rows(0, 100));
        byte[] more = Arrays.copyOf(whole, whole.length + 5);
        Arrays.fill(more, whole.length, more.length, (byte) 'x');
        refused(compression, more, "is damaged");
    }

    @ParameterizedTest
    @EnumSource
    void refusesAnotherKindOfFile(Compression compression) {
        refused(compression, rows(0, 10), "is damaged");
    }

    @ParameterizedTest
    @EnumSource
    void refusesFlippedBits(Compression compression) throws IOException {
        byte[] whole = pack(compression, rows(0, 2000));
        int refused = 0;
        for (int at = whole.length / 4; at < whole.length; at += whole.length / 16) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            try {
                prepare(compression, damaged);
            } catch (DatasetProblem | IllegalArgumentException e) {
                refused++;
            }
        }
        // Zstandard's checksum is optional, and this file has none.
        assertThat(refused).isGreaterThan(compression == Compression.GZIP ? 11 : 0);
    }

    /** A gigabyte of one byte in a megabyte or less. */
    @ParameterizedTest
    @EnumSource
    void refusesABomb(Compression compression) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        byte[] block = new byte[1 << 20];
        Arrays.fill(block, (byte) ' ');
        if (compression == Compression.GZIP) {
            try (OutputStream out = new GZIPOutputStream(packed)) {
                for (int i = 0; i < 200; i++) {
                    out.write(block);
                }
            }
        } else {
            for (int i = 0; i < 200; i++) {
                packed.write(Zstd.compress(block));
            }
        }
        refused(compression, packed.toByteArray(), "expands to more than");
    }

    private void refused(Compression compression, byte[] packed, String message) {
        assertThatThrownBy(() -> prepare(compression, packed))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageContaining(message)
                .hasMessageContaining(name(compression));
    }

    @Test
    void countsTheExpandedBytes() throws IOException {
        Path file = Files.write(folder.resolve("x.jsonl.gz"), pack(Compression.GZIP, rows(0, 100)));
        assertThat(Compression.GZIP.size(file, "x.jsonl.gz")).isEqualTo(rows(0, 100).length);
        try (InputStream in = Compression.GZIP.open(file, "x.jsonl.gz")) {
            assertThat(in.readAllBytes()).isEqualTo(rows(0, 100));
        }
    }
}
