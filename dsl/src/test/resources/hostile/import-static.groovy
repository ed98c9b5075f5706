import static java.lang.System.exit

exit(1)
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
