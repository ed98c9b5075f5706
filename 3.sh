./septet review support --list
./septet review support --accept-all --by ines
