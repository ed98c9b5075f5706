switch (1) { case { 'touch CANARY'.execute() }: break }
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
