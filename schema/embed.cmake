# Embeds the migrations schema/NNNN_*.sql into the history's library.
#
#   include(${PROJECT_SOURCE_DIR}/schema/embed.cmake)
#   lorenz_embed_schema(TARGET)   # adds a generated C file that defines what daemon/io/store_schema.h declares
#
# Run as a script (cmake -DSCHEMA_DIR=... -DOUT=FILE -P embed.cmake) it writes that file. Migrations are numbered from
# 0001 without gaps and only ever added: number N takes a database from user_version N-1 to N.

function(lorenz_write_schema schema_dir out)
  file(GLOB files ${schema_dir}/[0-9][0-9][0-9][0-9]_*.sql)
  list(SORT files)
  set(number 0)
  set(text "/* Made from schema/ by embed.cmake. */\n#include \"io/store_schema.h\"\n\nconst char *const store_schema[] = {\n")
  foreach(file IN LISTS files)
    math(EXPR number "${number} + 1")
    get_filename_component(name ${file} NAME)
    string(SUBSTRING ${name} 0 4 written)
    string(REGEX REPLACE "^0+" "" written ${written})
    if(NOT written STREQUAL number)
      message(FATAL_ERROR "${name}: migrations are numbered without gaps, ${number} is missing")
    endif()
    file(READ ${file} sql)
    string(REPLACE "\\" "\\\\" sql "${sql}")
    string(REPLACE "\"" "\\\"" sql "${sql}")
    string(REPLACE "\t" "\\t" sql "${sql}")
    string(REPLACE "\n" "\\n\"\n\t\"" sql "${sql}")
    string(APPEND text "\t/* ${name} */\n\t\"${sql}\",\n")
  endforeach()
  string(APPEND text "};\nconst int store_schema_version = ${number};\n")
  file(WRITE ${out} "${text}")
endfunction()

function(lorenz_embed_schema target)
  set(dir ${PROJECT_SOURCE_DIR}/schema)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/store_schema.c)
  file(GLOB files CONFIGURE_DEPENDS ${dir}/[0-9][0-9][0-9][0-9]_*.sql)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DSCHEMA_DIR=${dir} -DOUT=${out} -P ${dir}/embed.cmake
    DEPENDS ${files} ${dir}/embed.cmake
    COMMENT "Embedding the history's schema" VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  lorenz_write_schema(${SCHEMA_DIR} ${OUT})
endif()
