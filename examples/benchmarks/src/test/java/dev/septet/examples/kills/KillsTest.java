package dev.septet.examples.kills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the output of a killed process says, also with lines of its log in between. */
class KillsTest {
    private static final String LOGGED = "DEBUG the page cannot be updated: StatusRuntimeException";

    @Test
    void aLineOfTheLogHidesNoSave() {
        assertThat(Kills.wasSaving(List.of("begun", "saving", LOGGED))).isTrue();
        assertThat(Kills.wasSaving(List.of("begun", "saving", "saved", "saving")))
                .isTrue();
        assertThat(Kills.wasSaving(List.of("begun", "saving", LOGGED, "saved"))).isFalse();
        assertThat(Kills.wasSaving(List.of("begun"))).isFalse();
        assertThat(Kills.wasSaving(List.of())).isFalse();
    }

    @Test
    void onlyAFailedTrainingIsAFailure() {
        assertThatCode(() -> Kills.requireKilled(List.of("begun", LOGGED))).doesNotThrowAnyException();
        assertThatIllegalStateException()
                .isThrownBy(() -> Kills.requireKilled(List.of("begun", MortalTraining.FAILED + "no space")))
                .withMessageContaining("no space");
    }
}
