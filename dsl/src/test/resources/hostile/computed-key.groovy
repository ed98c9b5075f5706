pipeline('p') {
    prepare { dataset 'a.jsonl', (format): chat }
    initialize { model 'm' }
    train { method lora() }

}
