def a = 1 in [1]
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
