package dev.septet.activities.track.tensorboard;

import dev.septet.activities.track.proto.ProtoMessage;
import dev.septet.activities.track.run.TrackedCurve;
import dev.septet.activities.track.run.TrackedRun;
import dev.septet.workflows.Stage;
import dev.septet.workflows.track.RunMoment;
import dev.septet.workflows.track.StageSpan;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.zip.CRC32C;

/**
 * The events of a run as TensorBoard reads them: records with masked checksums, each an {@code Event} with scalars. The times
 * are those of the workflow, so a run has the same bytes wherever and however often it is written. A later state of the run
 * only adds records.
 *
 * @see <a href="https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto">event.proto</a>
 */
final class EventFile {
    private static final double MILLIS = 1000;
    private static final int MASK = 0xa282ead8;
    private static final int ROTATION = 15;
    private static final String HPARAMS = "hparams";

    /** Values of {@code DataClass} and {@code Status}. */
    private static final int SCALAR = 1;

    private static final int SUCCESS = 1;
    private static final int FAILURE = 2;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();

    private EventFile() {}

    /** A scalar with its place among the events. */
    private record Scalar(String name, TrackedCurve.Point point) {}

    static byte[] of(TrackedRun run) {
        EventFile events = new EventFile();
        events.write(run);
        return events.file.toByteArray();
    }

    private void write(TrackedRun run) {
        long started = run.moment().startedMillis();
        record(event(started, 0).text(3, "brain.Event:2"));
        if (run.results().checkpoint() == null && run.moment().state() == RunMoment.State.RUNNING) {
            return;
        }
        session(started, "start", 3, start(run));
        List<Scalar> scalars = new ArrayList<>();
        for (TrackedCurve curve : run.curves()) {
            curve.points().forEach(point -> scalars.add(new Scalar("train/" + curve.name(), point)));
        }
        scalars.sort(Comparator.comparingInt(scalar -> scalar.point().step())); // stable: by curve within a step
        scalars.forEach(this::scalar);
        scores(run, "train/", Stage.TRAIN);
        scores(run, "eval/", Stage.EVALUATE);
        Long ended = run.moment().endedMillis();
        if (ended != null) {
            boolean worked = run.moment().state() == RunMoment.State.FINISHED;
            session(
                    ended,
                    "end",
                    4,
                    new ProtoMessage().number(1, worked ? SUCCESS : FAILURE).real(2, ended / MILLIS));
        }
    }

    private void scores(TrackedRun run, String prefix, Stage stage) {
        long at =
                run.span(stage).map(StageSpan::endedMillis).orElse(run.moment().startedMillis());
        run.scores().forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                scalar(new Scalar(name, new TrackedCurve.Point(0, at, value)));
            }
        });
    }

    private void scalar(Scalar scalar) {
        ProtoMessage value = new ProtoMessage()
                .text(1, scalar.name())
                .single(2, (float) scalar.point().value())
                .message(
                        9,
                        new ProtoMessage()
                                .message(1, new ProtoMessage().text(1, "scalars"))
                                .number(4, SCALAR));
        summary(scalar.point().millis(), scalar.point().step(), value);
    }

    /** The settings, which TensorBoard shows under HPARAMS. */
    private static ProtoMessage start(TrackedRun run) {
        ProtoMessage start = new ProtoMessage();
        for (Map.Entry<String, String> one : run.parameters().entrySet()) {
            start.message(1, new ProtoMessage().text(1, one.getKey()).message(2, value(one.getValue())));
        }
        return start.text(4, run.runId()).real(5, run.moment().startedMillis() / MILLIS);
    }

    private static ProtoMessage value(String text) {
        if (text.equals("true") || text.equals("false")) {
            return new ProtoMessage().number(4, text.equals("true") ? 1 : 0);
        }
        OptionalDouble number = TrackedRun.number(text);
        return number.isPresent() ? new ProtoMessage().real(2, number.getAsDouble()) : new ProtoMessage().text(3, text);
    }

    private void session(long millis, String name, int field, ProtoMessage content) {
        ProtoMessage data = new ProtoMessage().message(field, content);
        ProtoMessage plugin = new ProtoMessage().text(1, HPARAMS).message(2, data);
        summary(
                millis,
                0,
                new ProtoMessage()
                        .text(1, "_hparams_/session_" + name + "_info")
                        .message(9, new ProtoMessage().message(1, plugin)));
    }

    private void summary(long millis, long step, ProtoMessage value) {
        record(event(millis, step).message(5, new ProtoMessage().message(1, value)));
    }

    private static ProtoMessage event(long millis, long step) {
        ProtoMessage event = new ProtoMessage().real(1, millis / MILLIS);
        return step == 0 ? event : event.number(2, step);
    }

    private void record(ProtoMessage event) {
        byte[] data = event.bytes();
        byte[] length = little(Long.BYTES).putLong(data.length).array();
        file.writeBytes(length);
        file.writeBytes(little(Integer.BYTES).putInt(masked(length)).array());
        file.writeBytes(data);
        file.writeBytes(little(Integer.BYTES).putInt(masked(data)).array());
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A checksum that is rotated and shifted, because data with their own checksums inside would weaken it. */
    private static int masked(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        return Integer.rotateRight((int) crc.getValue(), ROTATION) + MASK;
    }
}
