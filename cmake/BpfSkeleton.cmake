# SPDX-License-Identifier: Apache-2.0
# bpf/NAME.bpf.c -> target NAME_skeleton, which gives its users "NAME.lskel.h" (the light form: a loader program that needs
# neither libbpf nor the kernel's BTF read in user space) and "NAME.skel.h" (for libbpf), from a second compilation with
# BW_OLD_KERNELS: what loads on a kernel that has no light skeletons yet.
find_program(BPF_CLANG NAMES clang clang-14 REQUIRED)
find_program(BPFTOOL NAMES bpftool HINTS /usr/sbin REQUIRED)

function(bindwatch_bpf_object source object)
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${BPF_CLANG} -target bpf -mcpu=v3 -O2 -g -std=gnu11 -Wall -Wextra -Werror -Wno-missing-declarations ${ARGN}
            -fdebug-prefix-map=${PROJECT_SOURCE_DIR}=.
            -I${PROJECT_SOURCE_DIR}/include -I${PROJECT_SOURCE_DIR}/vmlinux -I${CMAKE_CURRENT_SOURCE_DIR}
            -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE} # <asm/…>, or that of a cross compiler:
            -idirafter /usr/${CMAKE_LIBRARY_ARCHITECTURE}/include
            -MD -MF ${object}.d -MT ${object} -c ${source} -o ${object}
    DEPENDS ${source}
    DEPFILE ${object}.d
    COMMENT "BPF ${object}"
    VERBATIM)
endfunction()

# To a temporary name first: a bpftool that fails leaves an empty header behind. ARGN goes before and after the object.
function(bindwatch_bpf_header object header)
  set(flags ${ARGN})
  list(FILTER flags INCLUDE REGEX "^-")
  set(words ${ARGN})
  list(FILTER words EXCLUDE REGEX "^-")
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${BPFTOOL} gen skeleton ${flags} ${object} ${words} > ${header}.new
    COMMAND ${CMAKE_COMMAND} -E rename ${header}.new ${header}
    DEPENDS ${object}
    VERBATIM)
endfunction()

function(bindwatch_bpf_skeleton name)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${name}.bpf.c)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
  set(old_object ${CMAKE_CURRENT_BINARY_DIR}/${name}.old.bpf.o)
  set(skeleton ${CMAKE_CURRENT_BINARY_DIR}/${name}.skel.h)
  set(light ${CMAKE_CURRENT_BINARY_DIR}/${name}.lskel.h)

  bindwatch_bpf_object(${source} ${object})
  bindwatch_bpf_object(${source} ${old_object} -DBW_OLD_KERNELS)
  bindwatch_bpf_header(${object} ${light} -L name ${name})
  bindwatch_bpf_header(${old_object} ${skeleton} name ${name})

  add_custom_target(${name}_skeleton_files DEPENDS ${skeleton} ${light})
  add_library(${name}_skeleton INTERFACE)
  add_dependencies(${name}_skeleton ${name}_skeleton_files)
  target_include_directories(${name}_skeleton SYSTEM INTERFACE ${CMAKE_CURRENT_BINARY_DIR})
  set_property(TARGET ${name}_skeleton PROPERTY BPF_OBJECT ${object})
endfunction()
