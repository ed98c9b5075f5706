package dev.septet.workers.cli.option;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The option for parameter values, which several commands share. */
public final class ParamOption {
    @Option(
            names = {"-p", "--param"},
            paramLabel = "NAME=VALUE",
            description = "Value of a parameter that the file declares; repeatable")
    private Map<String, String> params = new LinkedHashMap<>();

    /** The parameters' values by name. */
    public Map<String, String> values() {
        return params;
    }
}
