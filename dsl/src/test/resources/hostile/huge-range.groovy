pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm'
        freeze layers: 0..2147483647000 }
    train { method lora() }

}
