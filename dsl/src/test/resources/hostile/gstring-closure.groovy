pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }
    description "${-> 'touch CANARY'.execute()}"
}
