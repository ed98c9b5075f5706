package dev.septet.activities.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.ArmTally;
import dev.septet.activities.audit.AuditedTrial;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.workflows.canary.CanaryFinding;
import dev.septet.workflows.canary.CanaryReading;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the numbers of a trial say, measure by measure. */
class CanaryCheckTest {
    private static final CanarySpec SPEC = new CanarySpec(0.1, Duration.ofMinutes(30), 50, 0.02, 0.05, 0.1, 1, 2);

    @Test
    void twoAlikeAreFine() {
        CanaryReading seen = read(arm(60, 0, 1, 9, 1, 100, 80), arm(540, 2, 9, 90, 10, 100, 80));

        assertThat(seen.champion()).isEqualTo(540);
        assertThat(seen.challenger()).isEqualTo(60);
        assertThat(seen.findings()).hasSize(6).noneMatch(CanaryFinding::worse);
        assertThat(seen.findings().get(0).sentence())
                .isEqualTo("failed requests: 0 of 60 requests (0.0 %), the present model's 2 of 540"
                        + " (0.4 %); 2.0 points more are allowed");
    }

    @Test
    void oneThatAlwaysFailsIsThrownOutAfterAFewRequests() {
        assertThat(finding(read(arm(2, 2, 0, 0, 0, 0, 0), CHAMPION), "failed requests")
                        .proven())
                .isFalse();
        assertThat(finding(read(arm(4, 4, 0, 0, 0, 0, 0), CHAMPION), "failed requests")
                        .proven())
                .isTrue();
    }

    @Test
    void refusalsAndThumbsDownCount() {
        CanaryReading refusing = read(arm(40, 0, 30, 0, 0, 100, 80), CHAMPION);
        assertThat(finding(refusing, "refused answers").proven()).isTrue();
        assertThat(refusing.findings()).filteredOn(CanaryFinding::proven).hasSize(1);

        CanaryReading disliked = read(arm(40, 0, 1, 5, 25, 100, 80), CHAMPION);
        assertThat(finding(disliked, "negative feedback").proven()).isTrue();
        assertThat(disliked.findings()).filteredOn(CanaryFinding::worse).hasSize(1);
    }

    @Test
    void aLittleMoreIsNoProofButIsWorseInTheEnd() {
        CanaryFinding errors = finding(read(arm(60, 2, 1, 0, 0, 100, 80), CHAMPION), "failed requests");

        assertThat(errors.proven()).isFalse();
        assertThat(errors.worse()).isTrue();
    }

    @Test
    void slowerLongerAndShorterThanAllowedIsWorse() {
        assertThat(finding(read(arm(60, 0, 1, 0, 0, 190, 80), CHAMPION), "median time")
                        .worse())
                .isFalse();
        assertThat(finding(read(arm(60, 0, 1, 0, 0, 300, 80), CHAMPION), "median time")
                        .proven())
                .isTrue();
        assertThat(finding(read(arm(60, 0, 1, 0, 0, 100, 300), CHAMPION), "median length")
                        .proven())
                .isTrue();
        assertThat(finding(read(arm(60, 0, 1, 0, 0, 100, 0), CHAMPION), "median length, least")
                        .proven())
                .isTrue();
        assertThat(read(arm(5, 0, 0, 0, 0, 900, 900), CHAMPION).findings())
                .as("too few to say anything")
                .noneMatch(CanaryFinding::worse);
    }

    @Test
    void nothingAtAllIsFine() {
        assertThat(read(ArmTally.NONE, ArmTally.NONE).findings()).noneMatch(CanaryFinding::worse);
    }

    private static final ArmTally CHAMPION = arm(540, 2, 9, 90, 10, 100, 80);

    private static ArmTally arm(int answers, int errors, int refusals, int up, int down, long millis, int length) {
        return new ArmTally(
                answers,
                errors,
                refusals,
                up,
                down,
                Collections.nCopies(answers - errors, millis),
                Collections.nCopies(answers - errors, length));
    }

    private static CanaryReading read(ArmTally challenger, ArmTally champion) {
        return new CanaryCheck(SPEC, 120)
                .read(new AuditedTrial(0, 1, Map.of(Arm.CHALLENGER, challenger, Arm.CHAMPION, champion)));
    }

    private static CanaryFinding finding(CanaryReading seen, String measure) {
        return List.copyOf(seen.findings()).stream()
                .filter(finding -> finding.measure().equals(measure))
                .findFirst()
                .orElseThrow();
    }
}
