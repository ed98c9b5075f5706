package dev.septet.activities.prepare.shard;

import dev.septet.activities.dataset.BadRow;
import dev.septet.activities.dataset.ExcludedRow;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.lineage.RowOrigin;
import dev.septet.activities.prepare.Spool;
import dev.septet.activities.prepare.cleaning.CleanedRow;
import dev.septet.activities.prepare.duplicate.RowSignature;
import dev.septet.activities.prepare.redaction.Redaction;
import dev.septet.activities.prepare.representation.GroupCounts;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.train.data.TokenDataset;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** The cleaned rows of a shard in one compressed file, in reading order. */
final class ShardFile {
    /** Name of the file. */
    static final String NAME = "rows";

    private static final int BUFFER = 1 << 16;
    private static final int END = -1;

    /** Which digests of its origin a row has. Shards of earlier versions, which are cached, have the first two. */
    private static final int UNTRACED = 0;

    private static final int TRACED = 1;
    private static final int TRACED_WITH_CONTENT = 2;

    private ShardFile() {}

    /** Writes rows. */
    static final class Writer implements Closeable {
        private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        private final DataOutputStream out;

        Writer(Path folder) throws IOException {
            out = new DataOutputStream(new BufferedOutputStream(
                    new DeflaterOutputStream(Files.newOutputStream(folder.resolve(NAME)), deflater, BUFFER), BUFFER));
        }

        /**
         * Adds a row.
         *
         * @param file number of its file in the plan
         */
        void add(int file, CleanedRow row) throws IOException {
            out.writeInt(file);
            out.writeLong(row.place().line());
            out.writeInt(row.redactions().size());
            for (Redaction.Line line : row.redactions()) {
                text(line.field());
                text(line.kind().name());
                out.writeInt(line.start());
                out.writeInt(line.end());
            }
            CleanedRow.Result result = row.result();
            if (result instanceof CleanedRow.Excluded excluded) {
                out.writeByte('e');
                text(excluded.reason().name());
            } else if (result instanceof CleanedRow.Bad bad) {
                out.writeByte('b');
                text(bad.row().reason().toString());
                out.writeLong(bad.row().bytes());
                out.writeBoolean(bad.isLong());
            } else if (result instanceof CleanedRow.LowQuality removed) {
                out.writeByte('q');
                text(removed.rule());
            } else if (result instanceof CleanedRow.Personal) {
                out.writeByte('p');
            } else if (result instanceof CleanedRow.TooLong) {
                out.writeByte('l');
            } else if (result instanceof CleanedRow.Candidate candidate) {
                out.writeByte('c');
                candidate(candidate);
            }
        }

        private void candidate(CleanedRow.Candidate row) throws IOException {
            text(row.entry().line());
            List<RowOrigin> origins = row.entry().origins();
            RowOrigin origin = origins.isEmpty() ? null : origins.get(0);
            String content = origin == null ? null : origin.content();
            out.writeByte(origin == null ? UNTRACED : content == null ? TRACED : TRACED_WITH_CONTENT);
            if (origin != null) {
                text(origin.place().file());
                out.writeLong(origin.place().line());
                text(origin.digest());
            }
            if (content != null) {
                text(content);
            }
            out.writeInt(row.entry().rows().size());
            for (TokenDataset.Row tokens : row.entry().rows()) {
                out.writeInt(tokens.tokens().length);
                for (int token : tokens.tokens()) {
                    out.writeInt(token);
                }
                out.write(tokens.mask());
            }
            out.writeBoolean(row.truncated());
            out.write(row.digest());
            SortedMap<String, String> fields = row.fields();
            out.writeInt(fields == null ? END : fields.size());
            if (fields != null) {
                for (var field : fields.entrySet()) {
                    text(field.getKey());
                    text(field.getValue());
                }
            }
            GroupCounts.Member member = row.member();
            out.writeBoolean(member != null);
            if (member != null) {
                text(member.group());
                text(member.label());
            }
            RowPlace test = row.test();
            out.writeBoolean(test != null);
            if (test != null) {
                text(test.file());
                out.writeLong(test.line());
            }
            RowSignature signature = row.signature();
            out.writeBoolean(signature != null);
            if (signature != null) {
                out.writeInt(signature.texts().size());
                for (String text : signature.texts()) {
                    text(text);
                }
                out.writeInt(signature.size());
                out.writeInt(signature.bands().length);
                for (int band : signature.bands()) {
                    out.writeInt(band);
                }
            }
        }

        /** UTF-8, or UTF-16 for a text with an unpaired surrogate, which UTF-8 cannot hold. */
        private void text(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            boolean whole = new String(bytes, StandardCharsets.UTF_8).equals(text);
            out.writeInt(whole ? bytes.length : -1 - text.length());
            if (whole) {
                out.write(bytes);
            } else {
                out.writeChars(text);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                out.writeInt(END);
                out.close();
            } finally {
                deflater.end();
            }
        }
    }

    /** Reads rows. */
    static final class Reader implements Closeable {
        private final DataInputStream in;
        private final List<ShardPlan.PlannedFile> files;
        private int file;

        Reader(Path folder, List<ShardPlan.PlannedFile> files) throws IOException {
            this.files = files;
            in = new DataInputStream(new BufferedInputStream(
                    new InflaterInputStream(
                            new BufferedInputStream(Files.newInputStream(folder.resolve(NAME)), BUFFER)),
                    BUFFER));
            file = in.readInt();
        }

        /** Number of the next row's file in the plan; -1 at the end. */
        int file() {
            return file;
        }

        /** The next row. */
        CleanedRow next() throws IOException {
            RowPlace place = new RowPlace(files.get(file).name(), in.readLong());
            String source = place.toString();
            List<Redaction.Line> redactions = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                redactions.add(new Redaction.Line(
                        source, text(), RedactSpec.Kind.valueOf(text()), in.readInt(), in.readInt()));
            }
            CleanedRow.Result result = result(place);
            file = in.readInt();
            return new CleanedRow(place, redactions, result);
        }

        private CleanedRow.Result result(RowPlace place) throws IOException {
            int kind = in.readByte();
            return switch (kind) {
                case 'e' -> new CleanedRow.Excluded(ExcludedRow.Reason.valueOf(text()));
                case 'b' -> {
                    BadRow bad = new BadRow(place, PublicText.said(text()), in.readLong());
                    yield new CleanedRow.Bad(bad, in.readBoolean());
                }
                case 'q' -> new CleanedRow.LowQuality(text());
                case 'p' -> new CleanedRow.Personal();
                case 'l' -> new CleanedRow.TooLong();
                case 'c' -> candidate();
                default -> throw new IOException("not a file of cleaned rows");
            };
        }

        private CleanedRow.Candidate candidate() throws IOException {
            String line = text();
            int traced = in.readByte();
            RowOrigin origin = traced == UNTRACED
                    ? null
                    : new RowOrigin(
                            new RowPlace(text(), in.readLong()), text(), traced == TRACED_WITH_CONTENT ? text() : null);
            List<TokenDataset.Row> rows = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                int[] tokens = new int[in.readInt()];
                for (int i = 0; i < tokens.length; i++) {
                    tokens[i] = in.readInt();
                }
                rows.add(new TokenDataset.Row(tokens, in.readNBytes(tokens.length)));
            }
            return new CleanedRow.Candidate(
                    new Spool.Entry(line, rows, origin == null ? List.of() : List.of(origin)),
                    in.readBoolean(),
                    in.readNBytes(32),
                    fields(),
                    in.readBoolean() ? new GroupCounts.Member(text(), text()) : null,
                    in.readBoolean() ? new RowPlace(text(), in.readLong()) : null,
                    in.readBoolean() ? signature() : null);
        }

        private @Nullable SortedMap<String, String> fields() throws IOException {
            int count = in.readInt();
            if (count == END) {
                return null;
            }
            SortedMap<String, String> fields = new TreeMap<>();
            for (int left = count; left > 0; left--) {
                fields.put(text(), text());
            }
            return fields;
        }

        private RowSignature signature() throws IOException {
            List<String> texts = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                texts.add(text());
            }
            int size = in.readInt();
            int[] bands = new int[in.readInt()];
            for (int i = 0; i < bands.length; i++) {
                bands[i] = in.readInt();
            }
            return new RowSignature(texts, size, bands);
        }

        private String text() throws IOException {
            int length = in.readInt();
            if (length >= 0) {
                return new String(in.readNBytes(length), StandardCharsets.UTF_8);
            }
            char[] units = new char[-1 - length];
            for (int i = 0; i < units.length; i++) {
                units[i] = in.readChar();
            }
            return new String(units);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
