package dev.septet.workers.serve.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workers.serve.openai.ApiProblem;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static int status(Throwable problem) {
        return ((ApiProblem) problem).status();
    }

    @Test
    void aLoneTenantGetsHalfAndANewcomerFindsRoom() {
        Admission admission = new Admission(1000, 100, () -> true);
        List<Admission.Admitted> held = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            held.add(admission.enter("a", 100, 1));
        }
        assertThatThrownBy(() -> admission.enter("a", 200, 1))
                .hasMessageContaining("its share")
                .satisfies(problem -> assertThat(status(problem)).isEqualTo(429));
        assertThat(admission.answersInProgress())
                .as("what is refused holds nothing")
                .isEqualTo(5);
        Admission.Admitted other = admission.enter("b", 500, 1);
        assertThatThrownBy(() -> admission.enter("c", 100, 1))
                .hasMessageContaining("1000 of the 1000 bytes")
                .satisfies(problem -> assertThat(status(problem)).isEqualTo(503));

        other.close();
        other.close();
        held.forEach(Admission.Admitted::close);
        assertThat(admission.bytesInUse()).isZero();
        assertThat(admission.answersInProgress()).isZero();
    }

    @Test
    void placesAreGivenBackOneByOneAndAtTheEnd() {
        Admission admission = new Admission(1000, 4, () -> false);
        Admission.Admitted three = admission.enter("", 10, 1);
        three.answers(3);
        assertThatThrownBy(() -> admission.enter("", 10, 2))
                .hasMessageContaining("3 answers run or wait")
                .satisfies(problem -> assertThat(status(problem)).isEqualTo(429));
        three.answered();
        admission.enter("", 10, 2).close();
        assertThat(admission.answersInProgress()).isEqualTo(2);
        three.close();
        three.answered();
        assertThat(admission.answersInProgress()).isZero();
    }

    @Test
    void aBodyThatIsShorterThanWasFearedGivesBackTheRest() {
        Admission admission = new Admission(1000, 4, () -> false);
        Admission.Admitted chunked = admission.enter("", 1000, 1);
        chunked.bytes(10);
        assertThat(admission.bytesInUse()).isEqualTo(10);
        admission.enter("", 990, 1).close();
    }
}
