package dev.septet.activities.retention;

import java.util.List;
import java.util.Optional;

/**
 * The kinds of records in a store, by the beginning of their names. A persisted format: a kind is never renamed, and a new kind gets a
 * new constant here and a recorded example ({@code EarlierRecordKindsTest}). The garbage collection keeps records of no kind
 * for ever, with the artifacts that they name, because a newer version may have written them.
 */
public enum RecordKind {
    /** Finished results of stages, by stage and digest of the key. */
    RESULTS("results/", Retention.RESULT),
    /** Results that another one of the same key replaced. */
    SUPERSEDED("superseded/", Retention.RESULT),
    /** Runs that ended, for the trend of reports. */
    VERSIONS("versions/", Retention.RESULT),
    /** Runs that got a dataset. */
    READERS("readers/", Retention.RESULT),
    /** What the exam found about the forms of an export. */
    FORMS("forms/", Retention.RESULT),
    /** Predictions of a model for some rows. */
    PREDICTIONS("predictions/", Retention.ANSWER),
    /** Answers of models to requests. */
    ANSWERS("answers/", Retention.ANSWER),
    /** Vectors of texts. */
    VECTORS("vectors/", Retention.ANSWER),
    /** Measured times of answers. */
    SECONDS("seconds/", Retention.ANSWER),
    /** Similarities of answers to references. */
    SIMILARITIES("similarities/", Retention.ANSWER),
    /** Verdicts of a guard. */
    GUARD_VERDICTS("guard-verdicts/", Retention.ANSWER),
    /** Responses of a model to rows of a benchmark. */
    BENCHMARKS("benchmarks/", Retention.ANSWER),
    /** What started a run. */
    RUNS("runs/", Retention.RUN),
    /** Where the attempts of a training began. */
    ATTEMPTS("attempts/", Retention.RUN),
    /** Commands to a running training, and its decisions. */
    STEERING("steering/", Retention.RUN),
    /** Steps at which a training ran out of memory. */
    SHORTAGES("shortages/", Retention.RUN),
    /** Counted attempts of a training in rounds. */
    TALLY("tally/", Retention.RUN),
    /** What a run read from sources that change. */
    SOURCES("sources/", Retention.RUN),
    /** What the requests of a run may still use. */
    ANSWER_BUDGETS("answer-budgets/", Retention.RUN),
    /** The machine with the outside trainer of a run. */
    TRAINERS("trainers/", Retention.RUN),
    /** Measured energy of attempts. */
    ENERGY("energy/", Retention.RUN),
    /** What the activities of a run used. */
    RUN_USE("run-use/", Retention.RUN),
    /** What a tracker got of a run. */
    TRACKING("tracking/", Retention.RUN),
    /** Jobs of a run at a service. */
    FINE_TUNING("fine-tuning/", Retention.RUN),
    /** Jobs of a run at Amazon Bedrock. */
    BEDROCK("bedrock/", Retention.RUN),
    /** Models that ever had a route. */
    VARIANTS("variants/", Retention.OWN_RULE),
    /** Trainings of the same result that have checkpoints. */
    UNFINISHED("unfinished/", Retention.OWN_RULE),
    /** What teams used on a day. */
    USAGE("usage/", Retention.OWN_RULE),
    /** The key of the last result of each stage of a pipeline. */
    LATEST("latest/", Retention.WITHOUT_NEEDS),
    /** Which version an alias had when. */
    ALIASES("aliases/", Retention.WITHOUT_NEEDS),
    /** The model that answers the requests of a pipeline. */
    ROUTES("routes/", Retention.WITHOUT_NEEDS),
    /** Addresses at which pipelines are served. */
    ENDPOINTS("endpoints/", Retention.WITHOUT_NEEDS),
    /** The machine with the files of a pipeline. */
    HOSTS("hosts/", Retention.WITHOUT_NEEDS),
    /** The window of an audit log that a monitor reads on another machine. */
    WINDOWS("windows/", Retention.WITHOUT_NEEDS),
    /** Features of the rows that a model was trained on, and its first feedback. */
    BASELINES("baselines/", Retention.WITHOUT_NEEDS),
    /** How fast the last training and the last exam of forms were. */
    PACE("pace/", Retention.WITHOUT_NEEDS),
    /** The models under whose names judges answered. */
    JUDGES("judges/", Retention.WITHOUT_NEEDS),
    /** The key of digests of rows. */
    LINEAGE("lineage/", Retention.WITHOUT_NEEDS),
    /** Rows that a pipeline never prepares again. */
    FORGOTTEN("forgotten/", Retention.WITHOUT_NEEDS),
    /** Orders to erase rows, their plans and reports. */
    ERASURES("erasures/", Retention.WITHOUT_NEEDS),
    /** Datasets of earlier versions that cannot be traced. */
    UNTRACED("untraced/", Retention.WITHOUT_NEEDS),
    /** Schedules that {@code septet apply} made. */
    SCHEDULES("schedules/", Retention.WITHOUT_NEEDS),
    /** The last backup. */
    BACKUPS("backups/", Retention.WITHOUT_NEEDS),
    /** The state of a monitor before its last check, with the model that it watches. */
    MONITORS("monitors/", Retention.NEEDS);

    /** What the garbage collection does with the records of a kind. */
    enum Retention {
        /** A result of a stage, a run, or who read a dataset. It leaves when its artifacts have left. */
        RESULT,
        /** What models answered, which can be computed or requested again. */
        ANSWER,
        /** State of one run: the second part of the name is the run's id. */
        RUN,
        /** {@link OldRecords} has a rule for this kind alone. */
        OWN_RULE,
        /** It names artifacts without needing them, or has nothing to do with artifacts. It is never removed. */
        WITHOUT_NEEDS,
        /** It is never removed, and needs the artifacts that it names. */
        NEEDS
    }

    private static final List<RecordKind> ALL = List.of(values());

    private final String prefix;
    private final Retention retention;

    RecordKind(String prefix, Retention retention) {
        this.prefix = prefix;
        this.retention = retention;
    }

    /** The beginning of the names, such as {@code results/}. */
    public String prefix() {
        return prefix;
    }

    /** The kind of a record; empty for a name that this version does not know. */
    public static Optional<RecordKind> of(String name) {
        for (RecordKind kind : ALL) {
            if (name.startsWith(kind.prefix)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** Whether a record is of a kind with one of these rules. */
    static boolean isAny(String name, Retention... rules) {
        return of(name).filter(kind -> List.of(rules).contains(kind.retention)).isPresent();
    }
}
