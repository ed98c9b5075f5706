package dev.septet.workers.cli.ui.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.evaluate.report.TrendChart;
import dev.septet.activities.quota.RunUse;
import dev.septet.activities.report.PipelineVersion;
import dev.septet.activities.report.RunCost;
import dev.septet.workers.cli.run.LiveActivity;
import dev.septet.workers.cli.run.RunRow;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.monitor.MonitorStatus;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One pipeline.
 *
 * @param open its open runs, newest first
 * @param runs its newest runs
 * @param versions its evaluated runs, newest first
 * @param charts its first metrics over the versions
 * @param cost the sum of what the versions cost; null when no version recorded a cost
 * @param live sha256 of the published export; null when nothing is published
 * @param targets where it is published
 * @param moves moves of the alias, newest first
 * @param monitor its monitor; null when none is open
 * @param schedule its schedule; null when it has none
 * @param questions models that wait for an approval
 * @param feedback whether this machine has an audit log of its served model
 * @param remarks what is wrong, or could not be read, one sentence each
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PipelineView(
        String pipeline,
        List<OpenRun> open,
        List<Run> runs,
        List<Version> versions,
        List<TrendChart> charts,
        @Nullable Cost cost,
        @Nullable String live,
        List<String> targets,
        List<AliasHistory.Move> moves,
        @Nullable Monitor monitor,
        @Nullable Schedule schedule,
        List<ApprovalQuestion> questions,
        boolean feedback,
        List<String> remarks) {
    /**
     * An open run.
     *
     * @param stages null when no worker answers
     * @param activities what it does now
     * @param paused whether its training is paused; null when it is not known
     * @param ui its page in Temporal's Web UI; null without one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record OpenRun(
            RunRow run,
            @Nullable PipelineStatus stages,
            List<LiveActivity> activities,
            @Nullable Boolean paused,
            @Nullable String ui) {
        public OpenRun {
            activities = List.copyOf(activities);
        }

        /** What a stage does now: the last heartbeat is newer than the run's own status. */
        public String detail(StageStatus stage) {
            List<String> now = new ArrayList<>();
            activities.stream()
                    .filter(activity -> activity.stage() == stage.stage())
                    .map(activity ->
                            (Activities.waits(activity) ? "waits for a worker " : "") + Activities.words(activity))
                    .forEach(now::add);
            return now.isEmpty() ? stage.detail() : String.join("; ", now);
        }
    }

    /**
     * A run.
     *
     * @param failure why it did not succeed; null when it did, when it is open, or when it is not one of the newest
     * @param ui its page in Temporal's Web UI; null without one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Run(
            RunRow run, @Nullable String failure, @Nullable String ui) {}

    /**
     * An evaluated run.
     *
     * @param name the version's name: first digits of its export, or of its run
     * @param isLive whether the alias points at it
     * @param cost null when it is not recorded, or the store does not have it any more
     * @param why why it retrained, in one sentence; empty for other runs
     * @param trigger what started it; empty when it is not recorded
     * @param approvals who approved it; empty when nobody had to, or when the server does not know the run any more
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Version(
            String name,
            PipelineVersion version,
            boolean isLive,
            @Nullable RunCost cost,
            String trigger,
            String why,
            List<Approval> approvals) {
        public Version {
            approvals = List.copyOf(approvals);
        }

        /** What outside services cost, by currency; empty when nothing was recorded. */
        public Map<String, BigDecimal> services() {
            return cost == null ? Map.of() : CostSum.use(cost).costs();
        }

        /** The scores that the table shows. */
        public List<Score> scores() {
            return version.scores().subList(0, Math.min(3, version.scores().size()));
        }
    }

    /**
     * Costs of several versions.
     *
     * @param versions how many of them recorded a cost
     * @param price sum of the prices with its currency; null when none was given, or in several currencies
     * @param use GPU hours, tokens, and what outside services cost
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Cost(
            int versions,
            long machineMillis,
            @Nullable String price,
            @Nullable String kilowattHours,
            RunUse use) {}

    /**
     * A monitor.
     *
     * @param drift confidence of its last check that something drifted
     * @param status null when no worker answers
     * @param retrained runs that drift or feedback started, newest first
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Monitor(
            String workflowId,
            @Nullable Double drift,
            @Nullable MonitorStatus status,
            List<Run> retrained,
            @Nullable String ui) {
        public Monitor {
            retrained = List.copyOf(retrained);
        }

        /** Confidence of the last check that something drifted; null when it had too few rows. */
        public @Nullable Double certainty() {
            var last = status == null ? null : status.last();
            return last == null || last.certainty().isEmpty()
                    ? null
                    : Double.valueOf(last.certainty().getAsDouble());
        }
    }

    /**
     * A schedule.
     *
     * @param pause why it is paused; null when it is not
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Schedule(
            String id, @Nullable String next, @Nullable String pause) {}

    public PipelineView {
        open = List.copyOf(open);
        runs = List.copyOf(runs);
        versions = List.copyOf(versions);
        charts = List.copyOf(charts);
        targets = List.copyOf(targets);
        moves = List.copyOf(moves);
        questions = List.copyOf(questions);
        remarks = List.copyOf(remarks);
    }

    /** Whether nothing is known of a pipeline of this name. */
    public boolean unknown() {
        return open.isEmpty()
                && runs.isEmpty()
                && versions.isEmpty()
                && live == null
                && schedule == null
                && monitor == null;
    }
}
