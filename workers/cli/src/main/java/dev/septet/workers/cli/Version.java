package dev.septet.workers.cli;

import picocli.CommandLine.IVersionProvider;

/** The version, from the jar's manifest. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Septet.class.getPackage().getImplementationVersion();
        return new String[] {"septet " + (version == null ? "(built from source)" : version)};
    }
}
