# Sourced by the launcher and the benchmarks, so that both run on the same Java with the same options.

java_version() { # prints the major version of the JDK in $1, or nothing
    local release="$1/release"
    [ -x "$1/bin/java" ] && [ -r "$release" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$release"
}

find_jdk() {
    local on_path candidate version
    on_path=$(command -v java 2>/dev/null || true)
    [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")")")
    for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
            "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* "${HOME:-}"/.local/share/mise/installs/java/* \
            /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home; do
        [ -n "$candidate" ] && [ -d "$candidate" ] || continue
        version=$(java_version "$candidate" || true)
        if [ -n "$version" ] && [ "$version" -ge 25 ]; then
            echo "$candidate"
            return
        fi
    done
    echo "thalweg: no JDK 25 or later was found (looked at JAVA_HOME, java on the path, /usr/lib/jvm and the usual" \
        "places); install one, for example Eclipse Temurin 25, or set JAVA_HOME to it." >&2
    return 1
}

# In the locale C Java cannot even name a file 'Größe'; C.UTF-8 differs from it in nothing else.
use_utf8_file_names() {
    if [ "$(locale charmap 2>/dev/null)" = ANSI_X3.4-1968 ]; then
        { export LC_ALL=C.UTF-8; } 2>/dev/null # silent where there is no such locale, and then nothing changes
    fi
}

# Sets java_command (an array) for the class path in $1. THALWEG_BLAS=openblas avoids MKL; THALWEG_JAVA_OPTIONS adds options.
set_java_command() {
    local jdk blas
    jdk=$(find_jdk) || return 1
    use_utf8_file_names
    # libtorch brings its own threads: a second pool in OpenBLAS nearly doubles the time of a training step.
    export OPENBLAS_NUM_THREADS=1 MKL_DYNAMIC=FALSE
    blas=()
    if [ "${THALWEG_BLAS:-mkl}" = mkl ] && [[ "$1" == */mkl-*-redist.jar* ]]; then
        blas=(-Dorg.bytedeco.openblas.load=mkl -Dorg.bytedeco.javacpp.pathsFirst=true)
    fi
    # The tokenizers' library looks for one that uses the GPU, on the network, where it sees one; the CPU's is in its jar.
    # shellcheck disable=SC2206 # several options may stand in THALWEG_JAVA_OPTIONS
    java_command=("$jdk/bin/java" -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED
        -Dorg.bytedeco.javacpp.nopointergc=true -DRUST_FLAVOR=cpu -Dai.djl.offline=true ${blas[@]+"${blas[@]}"} ${THALWEG_JAVA_OPTIONS:-} -cp "$1")
}
