package dev.septet.activities.track.wandb;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.septet.activities.track.proto.ProtoMessage;
import dev.septet.activities.track.run.TrackedCurve;
import dev.septet.activities.track.run.TrackedRun;
import dev.septet.activities.track.run.TrackedRun.TrackedFile;
import dev.septet.workflows.track.RunMoment;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * The content of a {@code .wandb} file: a header, then records of protocol buffers in blocks of a log. The numbers of fields
 * are those of {@code wandb_internal.proto}. The times are those of the workflow, so a run has the same bytes in each attempt.
 *
 * @see <a href="https://github.com/wandb/wandb/blob/main/wandb/proto/wandb_internal.proto">wandb_internal.proto</a>
 * @see <a href="https://github.com/google/leveldb/blob/main/doc/log_format.md">The format of the log</a>
 */
final class OfflineRun {
    private static final byte[] IDENT = {':', 'W', '&', 'B', (byte) 0xe1, (byte) 0xbe, 0};
    private static final int BLOCK = 32768;
    private static final int HEAD = 7;
    private static final int FULL = 1;
    private static final int FIRST = 2;
    private static final int MIDDLE = 3;
    private static final int LAST = 4;

    /** Fields of {@code Record}. */
    private static final int HISTORY = 2;

    private static final int SUMMARY = 3;
    private static final int FILES = 6;
    private static final int RUN = 17;
    private static final int EXIT = 18;
    private static final int HEADER = 21;

    private static final int VALUE_JSON = 16;
    private static final double MILLIS = 1000;
    private static final int NANOS = 1_000_000;

    /** The oldest reader, by the number that {@code wandb} itself writes. */
    private static final String OLDEST_READER = "0.70.0";

    private final TrackedRun run;
    private final String project;
    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private int records;

    private OfflineRun(TrackedRun run, String project) {
        this.run = run;
        this.project = project;
    }

    static byte[] of(TrackedRun run, String project) {
        OfflineRun all = new OfflineRun(run, project);
        all.file.writeBytes(IDENT);
        all.write();
        return all.file.toByteArray();
    }

    private void write() {
        record(
                HEADER,
                new ProtoMessage()
                        .message(1, new ProtoMessage().text(1, "septet").text(2, OLDEST_READER)));
        record(RUN, run());
        if (!run.files().isEmpty()) {
            ProtoMessage files = new ProtoMessage();
            for (TrackedFile one : run.files()) {
                files.message(1, new ProtoMessage().text(1, one.name()));
            }
            record(FILES, files);
        }
        SortedMap<String, String> summary = new TreeMap<>();
        SortedMap<Integer, SortedMap<String, String>> steps = steps();
        steps.forEach((step, values) -> {
            summary.putAll(values);
            ProtoMessage history = items(values);
            record(HISTORY, history.message(2, new ProtoMessage().number(1, step)));
        });
        run.scores().forEach((name, value) -> summary.put(name, Double.toString(value)));
        summary.put("_runtime", Double.toString(seconds()));
        record(SUMMARY, items(summary));
        record(
                EXIT,
                new ProtoMessage()
                        .number(1, run.moment().state() == RunMoment.State.FINISHED ? 0 : 1)
                        .number(2, (long) seconds()));
    }

    private double seconds() {
        Long ended = run.moment().endedMillis();
        return ended == null ? 0 : (ended - run.moment().startedMillis()) / MILLIS;
    }

    private ProtoMessage run() {
        ProtoMessage config = new ProtoMessage()
                .message(1, new ProtoMessage().text(1, "_wandb").text(VALUE_JSON, "{}"));
        SortedMap<String, String> settings = new TreeMap<>();
        run.parameters().forEach((name, value) -> settings.put(name, json(value)));
        run.tags().forEach((name, value) -> settings.put(name, text(value)));
        settings.forEach((name, value) ->
                config.message(1, new ProtoMessage().text(1, name).text(VALUE_JSON, value)));
        long millis = run.moment().startedMillis();
        return new ProtoMessage()
                .text(1, run.folder())
                .text(3, project)
                .message(4, config)
                .text(8, run.name())
                .message(
                        17,
                        new ProtoMessage()
                                .number(1, Math.floorDiv(millis, (long) MILLIS))
                                .number(2, Math.floorMod(millis, (long) MILLIS) * NANOS));
    }

    private SortedMap<Integer, SortedMap<String, String>> steps() {
        SortedMap<Integer, SortedMap<String, String>> steps = new TreeMap<>();
        for (TrackedCurve curve : run.curves()) {
            for (TrackedCurve.Point point : curve.points()) {
                SortedMap<String, String> values = steps.computeIfAbsent(point.step(), step -> new TreeMap<>());
                values.put("train/" + curve.name(), Double.toString(point.value()));
                values.put("_step", Integer.toString(point.step()));
                values.put("_timestamp", Double.toString(point.millis() / MILLIS));
                values.put(
                        "_runtime",
                        Double.toString((point.millis() - run.moment().startedMillis()) / MILLIS));
            }
        }
        return steps;
    }

    /** Items of a history and of a summary have the same fields. */
    private static ProtoMessage items(SortedMap<String, String> values) {
        ProtoMessage items = new ProtoMessage();
        values.forEach((name, value) ->
                items.message(1, new ProtoMessage().text(2, name).text(VALUE_JSON, value)));
        return items;
    }

    private static String json(String value) {
        if (value.equals("true") || value.equals("false")) {
            return value;
        }
        OptionalDouble number = TrackedRun.number(value);
        return number.isPresent() && Double.isFinite(number.getAsDouble())
                ? Double.toString(number.getAsDouble())
                : text(value);
    }

    private static String text(String value) {
        return JsonNodeFactory.instance.textNode(value).toString();
    }

    private void record(int kind, ProtoMessage content) {
        records++;
        byte[] data =
                new ProtoMessage().number(1, records).message(kind, content).bytes();
        int from = 0;
        do {
            int left = BLOCK - file.size() % BLOCK;
            if (left < HEAD) {
                file.writeBytes(new byte[left]);
                left = BLOCK;
            }
            int length = Math.min(data.length - from, left - HEAD);
            boolean last = from + length == data.length;
            int type = from == 0 ? last ? FULL : FIRST : last ? LAST : MIDDLE;
            fragment(type, Arrays.copyOfRange(data, from, from + length));
            from += length;
        } while (from < data.length);
    }

    private void fragment(int type, byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(type);
        crc.update(data);
        file.writeBytes(ByteBuffer.allocate(HEAD)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) crc.getValue())
                .putShort((short) data.length)
                .put((byte) type)
                .array());
        file.writeBytes(data);
    }
}
