package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.monitor.AlarmSpec;
import dev.septet.workflows.monitor.DriftAlarm;
import dev.septet.workflows.monitor.DriftFinding;
import dev.septet.workflows.monitor.Observation;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Looks as letters: D finds drift, c is clear, s has too few rows; A is the alarm, dot is quiet.
 */
class DriftAlarmTest {
    @ParameterizedTest
    @CsvSource({
        "1, DcDDc, A.AA.",
        "2, DcDcDDcDcc, .....AAAA.",
        "3, DDcDDDccDccc, .....AAAAAA.",
        "2, DsDsccsc, ..AAA...",
        "2, ssss, ...."
    })
    void confirmsDriftAndTheAllClear(int confirm, String looks, String expected) {
        DriftAlarm alarm = DriftAlarm.QUIET;
        StringBuilder states = new StringBuilder();
        for (int at = 0; at < looks.length(); at++) {
            alarm = alarm.after(seen(looks.charAt(at)), new AlarmSpec(confirm, 0.05));
            states.append(alarm.raised() ? 'A' : '.');
        }
        assertThat(states.toString()).isEqualTo(expected);
    }

    private static Observation seen(char look) {
        DriftFinding finding = new DriftFinding(Specs.monitor().drifts().get(0), 0.1, 0.1, 0.1, 100, look == 'D', "");
        return new Observation(100, look != 's', 0, List.of(finding));
    }
}
