package dev.septet.workers.schedule;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.google.protobuf.Timestamp;
import dev.septet.dsl.pipeline.ScheduleSpec;
import dev.septet.workers.client.ClientOptions;
import dev.septet.workers.local.Connection;
import dev.septet.workers.schedule.ScheduleChange.Action;
import io.grpc.Status;
import io.temporal.api.workflowservice.v1.ListScheduleMatchingTimesRequest;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleDescription;
import io.temporal.client.schedules.ScheduleListActionStartWorkflow;
import io.temporal.client.schedules.ScheduleListDescription;
import io.temporal.client.schedules.ScheduleListState;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.ScheduleUpdate;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The schedules of Septet's pipelines on one server. Schedules that others created are never
 * changed.
 */
public final class Schedules {
    /** Memo key of the schedules that Septet created; its value is the pipeline. */
    private static final String MARK = "septet";

    /** Schedules in one answer of the server. */
    private static final int PAGE = 500;

    private final ScheduleClient client;
    private final String address;
    private final String namespace;
    private final WorkflowServiceStubs stubs;

    public Schedules(Connection connection) {
        this.namespace = connection.server().namespace();
        this.stubs = connection.stubs();
        this.address = connection.server().address();
        this.client = ScheduleClient.newInstance(
                connection.stubs(),
                ClientOptions.system().schedule(connection.server().namespace()).build());
    }

    /**
     * Plans the changes without making any.
     *
     * @param prune whether to delete schedules that no file declares
     * @throws ScheduleProblem when the server does not support schedules, or a schedule of others
     *     has the name of a pipeline
     */
    public List<ScheduleChange> plan(List<DesiredSchedule> schedules, boolean prune) {
        return call(() -> {
            List<ScheduleChange> changes = new ArrayList<>();
            for (DesiredSchedule desired : schedules) {
                if (desired.spec() != null) {
                    changes.add(planned(desired));
                }
            }
            changes.addAll(extra(schedules, prune ? Action.DELETE : Action.LEFT));
            return changes;
        });
    }

    /**
     * Makes the planned changes.
     *
     * @return the changes, with each schedule's next start
     * @throws ScheduleProblem when the server refuses a schedule; the message has its reason
     */
    public List<ScheduleChange> apply(List<DesiredSchedule> schedules, List<ScheduleChange> plan) {
        Map<String, DesiredSchedule> byName =
                schedules.stream().collect(Collectors.toMap(DesiredSchedule::pipeline, desired -> desired));
        return plan.stream()
                .map(change -> done(change, byName.get(change.id())))
                .toList();
    }

    /**
     * What the server says about the starts of a pipeline's schedule; empty when there is none on the server.
     *
     * @throws ScheduleProblem when the server does not support schedules
     */
    public Optional<ServerStarts> starts(DesiredSchedule desired, Instant now) {
        return call(() -> {
            ScheduleDescription found = find(desired.pipeline());
            ScheduleSpec spec = desired.spec();
            if (found == null || spec == null) {
                return Optional.empty();
            }
            Schedule schedule = found.getSchedule();
            Map<String, String> fields = ScheduleFields.of(schedule);
            boolean changed = !ScheduleFields.between(fields, ScheduleFields.of(ScheduleForm.of(desired, schedule)))
                    .isEmpty();
            List<Instant> told = found.getInfo().getNextActionTimes();
            NextStarts next = changed
                    ? NextStarts.told(
                            desired.pipeline(),
                            String.valueOf(fields.get("starts")),
                            fields.getOrDefault("timezone", "UTC"),
                            told)
                    : NextStarts.told(desired.pipeline(), spec, told, clockChanges(desired, now));
            ScheduleChange state = result(desired.pipeline(), Action.UNCHANGED, List.of(), found);
            return Optional.of(new ServerStarts(next, state.paused(), state.note(), changed));
        });
    }

    /**
     * The starts of a schedule on the server.
     *
     * @param paused whether it starts nothing until a person unpauses it
     * @param note why it is paused, or what a person wrote
     * @param changed whether the schedule differs from the file
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ServerStarts(
            NextStarts next, boolean paused, @Nullable String note, boolean changed) {}

    /** Sentences about the changes of the clocks in the coming year that meet a schedule on the server. */
    public List<String> clockChanges(DesiredSchedule schedule, Instant now) {
        ScheduleSpec spec = schedule.spec();
        if (spec == null) {
            return List.of();
        }
        return call(() -> ClockChanges.of(spec, now).stream()
                .map(change -> {
                    ZoneId zone = ZoneId.of(spec.timezone());
                    LocalDate day = change.from().toLocalDate();
                    Instant from = day.atStartOfDay(zone).toInstant().minusSeconds(1);
                    Instant to = day.plusDays(1).atStartOfDay(zone).toInstant().minusSeconds(1);
                    return change.sentence(
                            schedule.pipeline(), spec.timezone(), matching(schedule.pipeline(), from, to));
                })
                .toList());
    }

    /** The starts of a schedule in a time, as the server computes them; without jitter. */
    List<Instant> matching(String id, Instant from, Instant to) {
        return stubs
                .blockingStub()
                .listScheduleMatchingTimes(ListScheduleMatchingTimesRequest.newBuilder()
                        .setNamespace(namespace)
                        .setScheduleId(id)
                        .setStartTime(Timestamp.newBuilder().setSeconds(from.getEpochSecond()))
                        .setEndTime(Timestamp.newBuilder().setSeconds(to.getEpochSecond()))
                        .build())
                .getStartTimeList()
                .stream()
                .map(time -> Instant.ofEpochSecond(time.getSeconds()))
                .toList();
    }

    /** A paused schedule, which starts no run until a person unpauses it. */
    public record Paused(String id, String note) {}

    /** Paused schedules of pipelines, whoever created them. */
    public List<Paused> paused() {
        return call(() -> client.listSchedules()
                .filter(Schedules::startsPipeline)
                .map(ScheduleListDescription::getScheduleId)
                .sorted()
                .map(this::find)
                .flatMap(java.util.stream.Stream::ofNullable)
                .map(found -> result(found.getId(), Action.LEFT, List.of(), found))
                .filter(ScheduleChange::paused)
                .map(found -> new Paused(found.id(), found.note() == null ? "" : found.note()))
                .toList());
    }

    /**
     * A schedule of a pipeline in the server's list.
     *
     * @param pipeline the pipeline; the schedule's id where others created it
     * @param note why it is paused, or what a person wrote; empty for nothing
     * @param next its next start; null when it is paused or over
     */
    public record Listed(
            String id,
            String pipeline,
            boolean paused,
            String note,
            @Nullable Instant next) {}

    /** Schedules that start pipelines, whoever created them, from the server's list alone. */
    public List<Listed> listed(int most) {
        return call(() -> client.listSchedules(PAGE)
                .filter(Schedules::startsPipeline)
                .limit(most)
                .map(Schedules::listed)
                .toList());
    }

    private static Listed listed(ScheduleListDescription found) {
        ScheduleListState state = Objects.requireNonNull(found.getSchedule()).getState();
        boolean paused = state != null && state.isPaused();
        var info = found.getInfo();
        List<Instant> next = info == null ? List.of() : info.getNextActionTimes();
        String marked = found.getMemo(MARK, String.class) instanceof String pipeline ? pipeline : null;
        return new Listed(
                found.getScheduleId(),
                marked == null ? found.getScheduleId() : marked,
                paused,
                state == null || state.getNote() == null ? "" : state.getNote(),
                paused || next.isEmpty() ? null : next.get(0));
    }

    private static boolean startsPipeline(ScheduleListDescription listed) {
        var schedule = listed.getSchedule();
        return schedule != null
                && schedule.getAction() instanceof ScheduleListActionStartWorkflow start
                && start.getWorkflow().equals("Pipeline");
    }

    private ScheduleChange done(ScheduleChange change, @Nullable DesiredSchedule desired) {
        return call(() -> {
            if (change.action() == Action.DELETE) {
                client.getHandle(change.id()).delete();
                return change;
            }
            if (desired == null) {
                return change;
            }
            if (change.action() == Action.CREATE) {
                client.createSchedule(
                        desired.pipeline(),
                        ScheduleForm.of(desired, null),
                        ScheduleOptions.newBuilder()
                                .setMemo(Map.of(MARK, desired.pipeline()))
                                .build());
            } else if (change.action() == Action.UPDATE) {
                client.getHandle(change.id())
                        .update(now -> new ScheduleUpdate(
                                ScheduleForm.of(desired, now.getDescription().getSchedule())));
            }
            return result(
                    change.id(),
                    change.action(),
                    change.fields(),
                    client.getHandle(change.id()).describe());
        });
    }

    private ScheduleChange planned(DesiredSchedule desired) {
        ScheduleDescription found = find(desired.pipeline());
        Schedule now = found == null ? null : found.getSchedule();
        Map<String, String> then = ScheduleFields.of(ScheduleForm.of(desired, now));
        if (found == null) {
            return new ScheduleChange(
                    desired.pipeline(), Action.CREATE, ScheduleFields.between(Map.of(), then), false, null, null);
        }
        if (found.getMemo(MARK, String.class) == null) {
            throw new ScheduleProblem(
                    "the schedule '%s' on %s was not created by `septet apply`, so `septet apply` does not change it. Delete it (temporal schedule delete --schedule-id %s), or give the pipeline another name."
                            .formatted(desired.pipeline(), address, desired.pipeline()));
        }
        List<ScheduleChange.Field> fields = ScheduleFields.between(ScheduleFields.of(found.getSchedule()), then);
        return result(desired.pipeline(), fields.isEmpty() ? Action.UNCHANGED : Action.UPDATE, fields, found);
    }

    /**
     * Septet's schedules of pipelines that the files do not have, or that no longer have a
     * schedule.
     */
    private List<ScheduleChange> extra(List<DesiredSchedule> schedules, Action action) {
        Set<String> names = schedules.stream()
                .filter(desired -> desired.spec() != null)
                .map(DesiredSchedule::pipeline)
                .collect(Collectors.toSet());
        return client.listSchedules()
                .filter(listed -> listed.getMemo(MARK, String.class) != null)
                .map(ScheduleListDescription::getScheduleId)
                .filter(id -> !names.contains(id))
                .sorted()
                .map(this::find)
                // The server's list is eventually consistent: it may still have a schedule that was
                // just deleted.
                .flatMap(java.util.stream.Stream::ofNullable)
                .map(found -> result(found.getId(), action, List.of(), found))
                .toList();
    }

    private static ScheduleChange result(
            String id, Action action, List<ScheduleChange.Field> fields, ScheduleDescription found) {
        var state = found.getSchedule().getState();
        boolean paused = state != null && state.isPaused();
        List<Instant> next = found.getInfo().getNextActionTimes();
        String note = state == null ? null : state.getNote();
        return new ScheduleChange(
                id,
                action,
                fields,
                paused,
                note == null || note.isEmpty() ? null : note,
                paused || next.isEmpty() ? null : next.get(0).toString());
    }

    private @Nullable ScheduleDescription find(String id) {
        try {
            return client.getHandle(id).describe();
        } catch (RuntimeException e) {
            if (Status.fromThrowable(e).getCode() == Status.Code.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private <T> T call(Supplier<T> question) {
        try {
            return question.get();
        } catch (ScheduleProblem known) {
            throw known;
        } catch (RuntimeException e) {
            Status status = Status.fromThrowable(e);
            throw switch (status.getCode()) {
                case UNIMPLEMENTED ->
                    new ScheduleProblem(
                            "the server %s has no schedules: it is the Java SDK's in-memory server. Install the Temporal CLI (https://docs.temporal.io/cli) and start `septet dev` again."
                                    .formatted(address));
                case INVALID_ARGUMENT ->
                    new ScheduleProblem(
                            "the server %s rejected the schedule: %s".formatted(address, status.getDescription()));
                default -> e;
            };
        }
    }
}
