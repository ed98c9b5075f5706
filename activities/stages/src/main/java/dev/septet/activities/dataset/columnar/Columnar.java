package dev.septet.activities.dataset.columnar;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceContent;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.sandbox.SandboxedConversion;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Files of columns. Row n of the file becomes line n: a JSON object with the columns as fields.
 * Timestamps are text; a column of binary data is refused.
 */
public enum Columnar implements SourceContent {
    /** Apache Parquet. */
    PARQUET(".parquet", "Parquet", ParquetLines.class),
    /** Apache Arrow's IPC format, as a file or as a stream. */
    ARROW(".arrow", "Arrow", ArrowLines.class),
    /** Feather of version 2, which is an Arrow file. */
    FEATHER(".feather", "Feather", ArrowLines.class);

    private final String ending;
    private final String title;
    private final Class<?> main;

    Columnar(String ending, String title, Class<?> main) {
        this.ending = ending;
        this.title = title;
        this.main = main;
    }

    /** The kind of a file; empty for a file that has no columns. */
    public static Optional<Columnar> of(String name) {
        for (Columnar kind : values()) {
            if (name.toLowerCase(Locale.ROOT).endsWith(kind.ending)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    @Override
    public InputStream open(Path path, String name) throws IOException {
        String real = path.toRealPath().toString();
        return new Lines(SandboxedConversion.start(main, Files.size(path), List.of(real)), name);
    }

    @Override
    public String layoutName(String name) {
        return name + ".jsonl";
    }

    @Override
    public String title() {
        return title;
    }

    /** Turns a failed conversion into a problem of the dataset. */
    private static final class Lines extends FilterInputStream {
        private final String name;

        Lines(InputStream in, String name) {
            super(in);
            this.name = name;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return in.read(bytes, offset, length);
            } catch (SandboxedConversion.Failed e) {
                throw new DatasetProblem(
                        DatasetProblem.Blame.DATA,
                        PublicText.of(
                                "%s: %s; correct the file, or convert it to .jsonl",
                                PublicText.file(name), PublicText.file(String.valueOf(e.getMessage()))));
            }
        }
    }
}
