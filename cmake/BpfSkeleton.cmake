# SPDX-License-Identifier: Apache-2.0
# bpf/NAME.bpf.c -> target NAME_skeleton, which gives its users "NAME.skel.h" (for libbpf) and "NAME.lskel.h" (the
# light form: a loader program that needs neither libbpf nor the kernel's BTF read in user space).
find_program(BPF_CLANG NAMES clang clang-14 REQUIRED)
find_program(BPFTOOL NAMES bpftool HINTS /usr/sbin REQUIRED)

function(bindwatch_bpf_skeleton name)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${name}.bpf.c)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
  set(skeleton ${CMAKE_CURRENT_BINARY_DIR}/${name}.skel.h)
  set(light ${CMAKE_CURRENT_BINARY_DIR}/${name}.lskel.h)

  add_custom_command(
    OUTPUT ${object}
    COMMAND ${BPF_CLANG} -target bpf -mcpu=v3 -O2 -g -std=gnu11 -Wall -Wextra -Werror -Wno-missing-declarations
            -fdebug-prefix-map=${PROJECT_SOURCE_DIR}=.
            -I${PROJECT_SOURCE_DIR}/include -I${PROJECT_SOURCE_DIR}/vmlinux -I${CMAKE_CURRENT_SOURCE_DIR}
            -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE} # <asm/…>, or that of a cross compiler:
            -idirafter /usr/${CMAKE_LIBRARY_ARCHITECTURE}/include
            -MD -MF ${object}.d -MT ${object} -c ${source} -o ${object}
    DEPENDS ${source}
    DEPFILE ${object}.d
    COMMENT "BPF ${name}.bpf.o"
    VERBATIM)
  # To a temporary name first: a bpftool that fails leaves an empty header behind.
  add_custom_command(
    OUTPUT ${skeleton}
    COMMAND ${BPFTOOL} gen skeleton ${object} name ${name} > ${skeleton}.new
    COMMAND ${CMAKE_COMMAND} -E rename ${skeleton}.new ${skeleton}
    DEPENDS ${object}
    VERBATIM)
  add_custom_command(
    OUTPUT ${light}
    COMMAND ${BPFTOOL} gen skeleton -L ${object} name ${name} > ${light}.new
    COMMAND ${CMAKE_COMMAND} -E rename ${light}.new ${light}
    DEPENDS ${object}
    VERBATIM)

  add_custom_target(${name}_skeleton_files DEPENDS ${skeleton} ${light})
  add_library(${name}_skeleton INTERFACE)
  add_dependencies(${name}_skeleton ${name}_skeleton_files)
  target_include_directories(${name}_skeleton SYSTEM INTERFACE ${CMAKE_CURRENT_BINARY_DIR})
  set_property(TARGET ${name}_skeleton PROPERTY BPF_OBJECT ${object})
endfunction()
