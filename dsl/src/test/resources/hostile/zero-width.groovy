pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    tra​in { method lora() }

}
