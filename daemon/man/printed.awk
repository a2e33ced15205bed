# Turns what the programs print about themselves into scdoc: the help of a command ("  --name ARG   text"), or the reference of
# keys (a key, then two lines after a tab). part: "usage" or "body".
function plain(text) {
	gsub(/[\\_*`<#~]/, "\\\\&", text)
	sub(/^[[|\]:.-]/, "\\\\&", text)
	return text
}
# "-c, --config FILE": the option bold, its argument underlined
function term(text) {
	if (text ~ /^[A-Z]+$/)
		return "_" text "_"
	return match(text, / [A-Z]+$/) ? "*" plain(substr(text, 1, RSTART - 1)) "* _" substr(text, RSTART + 1) "_" : "*" plain(text) "*"
}

part == "usage" && NR == 1 { print "```" }
part == "usage" && /^$/ { print "```"; exit }
part == "usage" { print substr($0, 8); next }
/^usage:/ { usage = 1 }
/^$/ { usage = 0 }
usage { next }

/^  .*(  |--|^  [A-Z]+$)/ && !/^          / {
	sub(/^ +/, "")
	name = text = $0
	sub(/  +.*/, "", name)
	print (described ? "\n" : "") term(name)
	if (sub(/.*[^ ]  +/, "", text))
		print "\t" plain(text)
	described = 1
	next
}
/^          / { sub(/^ +/, ""); print "\t" plain($0); next }
/^[a-z][^.]*:$/ { described = 0; print "_" plain(substr($0, 1, length($0) - 1)) "_\n"; next }

/^\t/ { print "\t" plain(substr($0, 2)) (described ? "" : "."); described = 1; next }
/^[a-z_.<>]+$/ { print (described ? "\n" : "") "*" plain($0) "*"; described = 0; next }

{ described = 0; print plain($0) }
