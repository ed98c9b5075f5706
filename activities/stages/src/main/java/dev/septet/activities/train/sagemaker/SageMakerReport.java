package dev.septet.activities.train.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.secret.MaskedText;
import dev.septet.activities.time.SteadyClock;
import dev.septet.activities.train.outside.TrainerLauncher.Exit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What SageMaker reports about a training job.
 *
 * @param json answer of DescribeTrainingJob
 */
record SageMakerReport(JsonNode json) {
    private static final String COMPLETED = "Completed";
    private static final String INTERRUPTED = "Interrupted";

    /** States of a job in which its program runs, or has just ended. */
    private static final Set<String> RUNS = Set.of("Training", "Uploading", "Stopping");

    private String status() {
        return json.path("TrainingJobStatus").asText();
    }

    private String secondary() {
        return json.path("SecondaryStatus").asText();
    }

    /** Whether it belongs to the run whose jobs write to this address. */
    boolean writesTo(String address) {
        return json.path("CheckpointConfig").path("S3Uri").asText().equals(address);
    }

    /** Whether SageMaker still has work with it, and may charge for it. */
    boolean open() {
        return status().equals("InProgress") || status().equals("Stopping");
    }

    boolean stopping() {
        return status().equals("Stopping");
    }

    boolean completed() {
        return status().equals(COMPLETED);
    }

    /** Whether a spot instance was taken away; the next job continues instead of this one. */
    boolean interrupted() {
        return status().equals("InProgress") && secondary().equals(INTERRUPTED);
    }

    /** Whether it ended at least this long ago. */
    boolean endedBefore(Duration time) {
        return Instant.ofEpochMilli(endMillis()).plus(time).isBefore(SteadyClock.now());
    }

    /** When it ended, in milliseconds since 1970; 0 = not known yet. */
    long endMillis() {
        return (long) (json.path("TrainingEndTime").asDouble(0) * 1000);
    }

    /** The time that AWS charges, in seconds; 0 = not known yet. */
    long billedSeconds() {
        return json.path("BillableTimeInSeconds").asLong(0);
    }

    /** What it waits for; empty when its program runs. */
    Optional<String> waits() {
        if (RUNS.contains(secondary())) {
            return Optional.empty();
        }
        JsonNode changes = json.path("SecondaryStatusTransitions");
        String message = changes.isEmpty()
                ? ""
                : changes.get(changes.size() - 1).path("StatusMessage").asText();
        return Optional.of(text(secondary(), message));
    }

    /**
     * How it ended.
     *
     * @param written what its script wrote down
     */
    Exit exit(Optional<Exit> written) {
        if (interrupted()
                || written.map(Exit::reason).filter("interrupted"::equals).isPresent()) {
            return new Exit(1, "a spot interruption; the next attempt creates another job, from the newest checkpoint");
        } else if (completed()) {
            return written.orElse(
                    new Exit(1, "it completed, but its files did not arrive in the bucket; check the role's policy"));
        } else if (status().equals("Failed")) {
            return written.filter(exit -> exit.status() != 0 && exit.reason().equals("exited"))
                    .orElseGet(
                            () -> new Exit(1, failed(json.path("FailureReason").asText())));
        }
        return new Exit(
                1,
                switch (secondary()) {
                    case "MaxRuntimeExceeded" -> "its time limit";
                    case "MaxWaitTimeExceeded" -> "there was no spot capacity in the time of `spot wait:`";
                    default -> "it was stopped, but not by Septet; the next attempt creates another job";
                });
    }

    private static String failed(String reason) {
        String next = "";
        if (reason.startsWith("CapacityError")) {
            next = "; choose another instance type, or try again later";
        } else if (reason.contains("ResourceLimitExceeded")) {
            next = "; ask AWS for a higher quota of this instance type";
        } else if (reason.startsWith("ClientError") && reason.contains("image")) {
            next = "; check the image, and that the role may read its registry";
        } else if (reason.contains("ExitCode: 127") || reason.contains("exit code: 127")) {
            next = "; the image needs bash";
        }
        return text("SageMaker reports", reason) + next;
    }

    /** A sentence of the service may quote what the program printed. */
    private static String text(String what, String message) {
        return message.isBlank() ? what : what + ": " + MaskedText.line(message);
    }
}
