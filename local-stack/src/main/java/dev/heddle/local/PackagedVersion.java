package dev.heddle.local;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar. */
final class PackagedVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = PackagedVersion.class.getPackage().getImplementationVersion();
        return new String[] {"heddle " + (version == null ? "(not packaged)" : version)};
    }
}
